package io.github.tfkfac.internal.worker;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Watch over the other workers' servers, which are asked for an answer now and then. */
public final class SilenceWatch implements AutoCloseable {

  private final Reachability question;
  private final Duration limit;
  private final Consumer<Map<Integer, String>> lost;
  private final Map<Integer, Long> silentSince = new HashMap<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread daemon = new Thread(task, "silence-watch");
            daemon.setDaemon(true);
            return daemon;
          });
  private final Future<?> asking;
  private boolean closed;

  /**
   * Starts it.
   *
   * @param period from an answer to the next question
   * @param limit of the time without an answer
   * @param lost told once, by the watch's thread, what is wrong with each worker that did not
   *     answer for so long; {@link #close} waits for its end
   */
  public SilenceWatch(
      Reachability question, Duration period, Duration limit, Consumer<Map<Integer, String>> lost) {
    this.question = question;
    this.limit = limit;
    this.lost = lost;
    this.asking =
        thread.scheduleWithFixedDelay(this::ask, 0, period.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void ask() {
    long asked = System.nanoTime();
    Map<Integer, String> silent = question.silent();
    silentSince.keySet().retainAll(silent.keySet());
    silent
        .keySet()
        .removeIf(
            worker -> {
              long since = silentSince.computeIfAbsent(worker, first -> asked);
              return System.nanoTime() - since < limit.toNanos();
            });
    if (!silent.isEmpty()) {
      tell(silent);
    }
  }

  private synchronized void tell(Map<Integer, String> silent) {
    if (!closed) {
      closed = true;
      thread.shutdown();
      lost.accept(silent);
    }
  }

  /** Ends it; nothing is told any more. */
  @Override
  public synchronized void close() {
    closed = true;
    asking.cancel(true);
    thread.shutdown();
  }
}
