package io.github.tfkfac.tools.command;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Tells of a step that takes long while it does, and of the refresh that it may be due to. */
final class SlowSteps implements AutoCloseable {

  private static final Duration SLOW = Duration.ofSeconds(5);
  private static final Duration AGAIN = Duration.ofSeconds(30);

  private final Optional<Long> refreshPeriod;
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
   * @param refreshPeriod steps between two refreshes of the inverses, if there are any
   * @param done finished steps
   */
  SlowSteps(Optional<Long> refreshPeriod, long done, LongSupplier nanoTime) {
    this.refreshPeriod = refreshPeriod;
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

  /** What there is to say at present. */
  synchronized Optional<String> line() {
    Duration taken = Duration.ofNanos(nanoTime.getAsLong() - since);
    if (taken.compareTo(next) < 0) {
      return Optional.empty();
    }
    next = taken.plus(AGAIN);
    boolean refresh = refreshPeriod.filter(period -> done % period == 0).isPresent();
    return Optional.of(
        "step %d%s, %d s so far"
            .formatted(
                done + 1,
                refresh ? ": refreshing the inverses" : " is in progress",
                taken.toSeconds()));
  }

  @Override
  public void close() {
    watch.shutdownNow();
  }
}
