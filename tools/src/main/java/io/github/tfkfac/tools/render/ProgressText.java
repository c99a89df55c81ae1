package io.github.tfkfac.tools.render;

import io.github.tfkfac.tools.render.TrainingProgress.Plan;
import io.github.tfkfac.tools.render.TrainingProgress.State;
import java.time.Duration;
import java.util.Locale;

/** Words for a training state; rates are averages since the start of the process. */
final class ProgressText {
  private ProgressText() {}

  static String numbers(State state, Duration elapsed) {
    String accuracy =
        Double.isNaN(state.accuracy())
            ? ""
            : String.format(Locale.ROOT, " acc %.2f%%", 100 * state.accuracy());
    double seconds = elapsed.toNanos() / 1e9;
    return String.format(
        Locale.ROOT,
        "loss %.4f%s %.0f images/s",
        state.loss(),
        accuracy,
        seconds > 0 ? state.images() / seconds : 0);
  }

  /** The same in few characters, for a line that has a bar as well. */
  static String shortNumbers(State state, Duration elapsed) {
    String accuracy =
        Double.isNaN(state.accuracy())
            ? ""
            : String.format(Locale.ROOT, " acc %.1f%%", 100 * state.accuracy());
    double seconds = elapsed.toNanos() / 1e9;
    return String.format(
        Locale.ROOT,
        "loss %.3f%s %.0f img/s",
        state.loss(),
        accuracy,
        seconds > 0 ? state.images() / seconds : 0);
  }

  static String line(Plan plan, State state, Duration elapsed) {
    return String.format(
        Locale.ROOT,
        "%s  step %d/%d (%.0f %%)  %s  %s left",
        plan.name(),
        state.step(),
        plan.lastStep(),
        100.0 * state.step() / Math.max(1, plan.lastStep()),
        numbers(state, elapsed),
        remaining(plan, state, elapsed));
  }

  private static String remaining(Plan plan, State state, Duration elapsed) {
    long done = state.step() - plan.firstStep();
    if (done <= 0) {
      return "?";
    }
    double secondsPerStep = elapsed.toNanos() / 1e9 / done;
    long seconds = Math.round((plan.lastStep() - state.step()) * secondsPerStep);
    return "%d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
}
