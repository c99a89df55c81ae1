package io.github.tfkfac.internal.damping;

import io.github.tfkfac.Constant;
import io.github.tfkfac.Schedule;

/** Checks on the numbers of a damping. */
public final class Strength {

  private Strength() {}

  public static Schedule constant(String name, double value) {
    requirePositive(name, value);
    return Schedule.constant(value);
  }

  public static void requirePositive(String name, Schedule schedule) {
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
