package io.github.tfkfac.damping;

import io.github.tfkfac.schedule.Constant;
import io.github.tfkfac.schedule.Schedule;

/** Checks on the numbers of a damping. */
final class Strength {

  private Strength() {}

  static Schedule constant(String name, double value) {
    requirePositive(name, value);
    return Schedule.constant(value);
  }

  static void requirePositive(String name, Schedule schedule) {
    if (schedule instanceof Constant constant) {
      requirePositive(name, constant.value());
    }
  }

  private static void requirePositive(String name, double value) {
    if (!(value > 0) || !Double.isFinite(value)) {
      throw new IllegalArgumentException("expected a damping's " + name + " > 0, found " + value);
    }
  }
}
