package io.github.tfkfac.internal.update;

import io.github.tfkfac.Constant;
import io.github.tfkfac.Schedule;

/** Checks of the numbers that rules are given; schedules are checked where they are constant. */
public final class Hyperparameters {

  private Hyperparameters() {}

  public static void requireFraction(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException("expected " + name + " in [0, 1), found " + value);
    }
  }

  public static void requireFraction(String name, Schedule schedule) {
    if (schedule instanceof Constant constant) {
      requireFraction(name, constant.value());
    }
  }

  /** A constant schedule of a value in [0, 1). */
  public static Schedule fraction(String name, double value) {
    requireFraction(name, value);
    return Schedule.constant(value);
  }

  public static void requirePositive(String name, double value) {
    if (!(value > 0) || !Double.isFinite(value)) {
      throw new IllegalArgumentException("expected " + name + " > 0, found " + value);
    }
  }
}
