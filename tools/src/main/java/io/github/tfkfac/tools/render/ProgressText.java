package io.github.tfkfac.tools.render;

import io.github.tfkfac.tools.render.TrainingProgress.Plan;
import io.github.tfkfac.tools.render.TrainingProgress.State;
import java.time.Duration;
import java.util.Locale;

/** Words for a training state; rates are averages since the start of the process. */
final class ProgressText {
  private ProgressText() {}

  static String numbers(State state, Duration elapsed) {
    return String.format(Locale.ROOT, "loss %.4f", state.loss())
        + accuracy(state)
        + rate(state, elapsed, "images/s", "s/image");
  }

  /** The same in few characters, for a line that has a bar as well. */
  static String shortNumbers(State state, Duration elapsed) {
    return String.format(Locale.ROOT, "loss %.3f", state.loss())
        + accuracy(state)
        + rate(state, elapsed, "img/s", "s/img");
  }

  private static String accuracy(State state) {
    return Double.isNaN(state.accuracy()) ? "" : " acc " + Quantities.accuracy(state.accuracy());
  }

  /** Images per second, or seconds per image where that is more than one; nothing without any. */
  private static String rate(State state, Duration elapsed, String often, String seldom) {
    double seconds = elapsed.toNanos() / 1e9;
    if (seconds <= 0 || state.images() <= 0) {
      return "";
    }
    double perSecond = state.images() / seconds;
    return perSecond >= 1
        ? String.format(Locale.ROOT, " %.0f %s", perSecond, often)
        : String.format(Locale.ROOT, " %.1f %s", 1 / perSecond, seldom);
  }

  static String line(Plan plan, State state, Duration elapsed) {
    return String.format(
        Locale.ROOT,
        "%s  step %d/%d (%.0f %%)  %s%s",
        plan.name(),
        state.step(),
        plan.lastStep(),
        100.0 * state.step() / Math.max(1, plan.lastStep()),
        numbers(state, elapsed),
        remaining(plan, state, elapsed));
  }

  /** The first step, which starts the network, tells nothing of the others. */
  private static String remaining(Plan plan, State state, Duration elapsed) {
    long done = state.step() - plan.firstStep();
    if (done < 2) {
      return "";
    }
    double secondsPerStep = elapsed.toNanos() / 1e9 / done;
    long seconds = Math.round((plan.lastStep() - state.step()) * secondsPerStep);
    return "  " + Quantities.time(seconds) + " left";
  }
}
