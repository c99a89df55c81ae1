package io.github.tfkfac.tools.run;

import io.github.tfkfac.Schedule;
import io.github.tfkfac.tools.error.Suggestions;
import java.util.List;

/** The learning rate over a run, by the name of its schedule. */
final class RateSchedule {

  private static final String COSINE = "cosine";
  private static final String CONSTANT = "constant";
  private static final String STEP = "step";
  private static final List<String> NAMES = List.of(COSINE, CONSTANT, STEP);

  /** The schedule of whoever names none. */
  static final String USUAL = COSINE;

  /** Its end as a part of the learning rate. */
  static final double COSINE_END = 1e-3;

  private RateSchedule() {}

  /** Rejects an unknown name and numbers out of their range. */
  static void requireKnown(String name, double lastFactor, long warmUpSteps) {
    Suggestions.require("schedule", name, NAMES);
    if (!(lastFactor >= 0 && lastFactor <= 1)) {
      throw new IllegalArgumentException(
          "expected a schedule's last factor in [0, 1], found " + lastFactor);
    }
    if (warmUpSteps < 0) {
      throw new IllegalArgumentException("expected >= 0 steps of warm-up, found " + warmUpSteps);
    }
  }

  /** That of an optimizer in a run of this many steps. */
  static Schedule of(OptimizerSettings optimizer, long totalSteps) {
    double rate = optimizer.learningRate();
    double last = optimizer.lastFactor();
    Schedule base =
        switch (optimizer.schedule()) {
          case CONSTANT -> Schedule.constant(rate);
          case STEP -> Schedule.stepDecay(rate, last, Math.max(1, (totalSteps + 2) / 3));
          default -> Schedule.cosine(rate, rate * last, totalSteps);
        };
    return optimizer.warmUpSteps() == 0 ? base : base.withWarmUp(optimizer.warmUpSteps(), 0);
  }
}
