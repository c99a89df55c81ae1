package io.github.tfkfac.tools.render;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Estimate of a run's time, made once, after its first steps. The very first step, which starts the
 * network, does not count.
 */
public final class FirstEstimate {
  private static final int STEPS = 10;
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(15);
  private static final long SHORT_SECONDS = 20;
  private static final long SECONDS_PER_MINUTE = 60;
  private static final long MINUTES_PER_HOUR = 60;

  private final long lastStep;
  private final LongSupplier nanoTime;
  private long firstStep = -1;
  private long start;
  private boolean made;

  /**
   * An estimate for the steps up to {@code lastStep}.
   *
   * @param nanoTime the clock
   */
  public FirstEstimate(long lastStep, LongSupplier nanoTime) {
    this.lastStep = lastStep;
    this.nanoTime = nanoTime;
  }

  /** A step is done; the estimate, if it is time for it and the run is not as good as over. */
  public Optional<String> stepped(long step) {
    long now = nanoTime.getAsLong();
    if (firstStep < 0) {
      firstStep = step;
      start = now;
    }
    long done = step - firstStep;
    Duration taken = Duration.ofNanos(now - start);
    if (made || done == 0 || (done < STEPS && taken.compareTo(LONG_ENOUGH) < 0)) {
      return Optional.empty();
    }
    made = true;
    long seconds = Math.round(taken.toNanos() / 1e9 / done * (lastStep - step));
    return seconds < SHORT_SECONDS
        ? Optional.empty()
        : Optional.of(
            "step %d/%d done; %s to go, evaluations not counted"
                .formatted(step, lastStep, about(seconds)));
  }

  private static String about(long seconds) {
    long minutes = Math.round((double) seconds / SECONDS_PER_MINUTE);
    if (minutes < 2) {
      return "about " + Math.round(seconds / 10.0) * 10 + " seconds";
    }
    return minutes < 2 * MINUTES_PER_HOUR
        ? "about " + minutes + " minutes"
        : "about " + Math.round((double) minutes / MINUTES_PER_HOUR) + " hours";
  }
}
