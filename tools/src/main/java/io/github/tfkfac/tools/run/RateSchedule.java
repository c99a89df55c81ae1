package io.github.tfkfac.tools.run;

import io.github.tfkfac.Schedule;
import java.util.List;

/** The learning rate over a run, by the name of its schedule. */
final class RateSchedule {

  private static final String COSINE = "cosine";
  private static final String STEP = "step";
  static final String CONSTANT = "constant";

  /** The known ones, the usual one first. */
  static final List<String> NAMES = List.of(COSINE, CONSTANT, STEP);

  private RateSchedule() {}

  /** The schedule of a name, for a run of this many steps. */
  static Schedule of(String name, double rate, double last, long warmUpSteps, long totalSteps) {
    Schedule base =
        switch (name) {
          case CONSTANT -> Schedule.constant(rate);
          case STEP -> Schedule.stepDecay(rate, last, Math.max(1, (totalSteps + 2) / 3));
          default -> Schedule.cosine(rate, rate * last, totalSteps);
        };
    return warmUpSteps == 0 ? base : base.withWarmUp(warmUpSteps, 0);
  }
}
