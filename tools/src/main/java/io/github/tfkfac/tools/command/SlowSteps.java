package io.github.tfkfac.tools.command;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Tells of a step that refreshes the inverses while it takes long. */
final class SlowSteps implements AutoCloseable {

  private static final Duration SLOW = Duration.ofSeconds(5);
  private static final Duration AGAIN = Duration.ofSeconds(30);

  private final long refreshPeriod;
  private final long totalSteps;
  private final LongSupplier nanoTime;
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "slow steps");
            thread.setDaemon(true);
            return thread;
          });

  private long done;
  private long since;
  private Duration next = SLOW;

  /**
   * @param refreshPeriod steps between two refreshes
   * @param done finished steps
   * @param totalSteps of the run
   */
  SlowSteps(long refreshPeriod, long done, long totalSteps, LongSupplier nanoTime) {
    this.refreshPeriod = refreshPeriod;
    this.totalSteps = totalSteps;
    this.nanoTime = nanoTime;
    this.done = done;
    this.since = nanoTime.getAsLong();
  }

  /** Starts to look every second. */
  SlowSteps watch(Consumer<String> lines) {
    var unused = watch.scheduleAtFixedRate(() -> line().ifPresent(lines), 1, 1, TimeUnit.SECONDS);
    return this;
  }

  /** The next step begins. */
  synchronized void stepped(long steps) {
    done = steps;
    since = nanoTime.getAsLong();
    next = SLOW;
  }

  /** The current message, if there is one. */
  synchronized Optional<String> line() {
    Duration taken = Duration.ofNanos(nanoTime.getAsLong() - since);
    boolean refresh = done < totalSteps && done % refreshPeriod == 0;
    if (!refresh || taken.compareTo(next) < 0) {
      return Optional.empty();
    }
    next = taken.plus(AGAIN);
    return Optional.of(
        "step %d: refreshing the inverses, %d s so far".formatted(done + 1, taken.toSeconds()));
  }

  @Override
  public void close() {
    watch.shutdownNow();
  }
}
