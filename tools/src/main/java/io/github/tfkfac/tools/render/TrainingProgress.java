package io.github.tfkfac.tools.render;

import io.github.tfkfac.tools.cli.Console;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Shows how far a training run is: step, loss, accuracy, images per second, time left. */
public interface TrainingProgress extends AutoCloseable {
  /**
   * A run where known beforehand.
   *
   * @param name shown first
   * @param firstStep finished steps at the start; more than 0 after a resume
   * @param lastStep finished steps at the end
   */
  record Plan(String name, long firstStep, long lastStep) {
    public Plan {
      if (firstStep < 0 || lastStep < firstStep) {
        throw new IllegalArgumentException(
            "expected 0 <= firstStep <= lastStep, found %d and %d".formatted(firstStep, lastStep));
      }
    }
  }

  /**
   * State of progress of a run.
   *
   * @param step finished steps
   * @param images images seen since the start of this process
   * @param loss of the latest batches
   * @param accuracy of the latest batches between 0 and 1; NaN if there is none
   */
  record State(long step, long images, double loss, double accuracy) {}

  /** Shows the newest state; cheap enough to call after every step. */
  void update(State state);

  @Override
  void close();

  /** A bar on a terminal, a line every {@code period} in a log. */
  static TrainingProgress open(Console console, Plan plan, Duration period) {
    LongSupplier clock = System::nanoTime;
    return console.terminal()
        ? new ProgressOnTerminal(plan, console.err(), clock)
        : new ProgressInLog(plan, console.err(), period, clock);
  }
}
