package io.github.tfkfac.extension;

import io.github.tfkfac.Constant;
import io.github.tfkfac.Schedule;
import java.util.HashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * The scalars of one step, for all variables together: each is built once, however many variables
 * and rules ask for it.
 *
 * <p><i>Numerics</i>: schedules are computed in float64 and cast to the variables' type.
 *
 * @param <T> the variables' type
 */
public final class StepScalars<T extends TNumber> {

  private final Ops tf;
  private final Operand<TInt64> stepsDone;
  private final Operand<TInt64> updatesDone;
  private final Class<T> type;
  private final Map<Schedule, Operand<T>> constants = new HashMap<>();
  private final Map<Schedule, Operand<T>> ofSteps = new HashMap<>();
  private final Map<Schedule, Operand<T>> ofUpdates = new HashMap<>();

  /**
   * No scalar is built yet.
   *
   * @param tf where to build
   * @param stepsDone number of training steps before this one, skipped ones included
   * @param updatesDone number of applied updates before this one
   * @param type the variables' type
   */
  public StepScalars(
      Ops tf, Operand<TInt64> stepsDone, Operand<TInt64> updatesDone, Class<T> type) {
    this.tf = tf;
    this.stepsDone = stepsDone;
    this.updatesDone = updatesDone;
    this.type = type;
  }

  /** A number. */
  public Operand<T> constant(double value) {
    return constants.computeIfAbsent(
        Schedule.constant(value), schedule -> tf.constant(type, value));
  }

  /** A schedule's value at this step; schedules that are equal share one value. */
  public Operand<T> atStep(Schedule schedule) {
    return value(schedule, stepsDone, ofSteps);
  }

  /**
   * A schedule's value with the number of applied updates in place of the step: 0 at the first
   * update. Skipped steps do not count, as they leave the slots alone.
   */
  public Operand<T> atUpdate(Schedule schedule) {
    return value(schedule, updatesDone, ofUpdates);
  }

  private Operand<T> value(
      Schedule schedule, Operand<TInt64> counter, Map<Schedule, Operand<T>> known) {
    return schedule instanceof Constant constant
        ? constant(constant.value())
        : known.computeIfAbsent(schedule, missing -> tf.dtypes.cast(missing.at(tf, counter), type));
  }

  /** Number of training steps before this one, skipped ones included; a scalar. */
  public Operand<TInt64> stepsDone() {
    return stepsDone;
  }

  /** Number of applied updates before this one; a scalar. */
  public Operand<TInt64> updatesDone() {
    return updatesDone;
  }

  /** The variables' type. */
  public Class<T> type() {
    return type;
  }
}
