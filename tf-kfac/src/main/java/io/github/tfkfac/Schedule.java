package io.github.tfkfac;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/**
 * A hyper-parameter as a function of the training step, built as graph operations so that no
 * training loop has to feed it.
 *
 * <p><i>Shapes</i>: scalar in, scalar out. <i>Numerics</i>: computed in float64 and cast where it
 * is used.
 */
@FunctionalInterface
public interface Schedule {

  /**
   * Builds the value at a step.
   *
   * @param tf where to build
   * @param step the number of training steps already done (0 at the first step)
   */
  Operand<TFloat64> at(Ops tf, Operand<TInt64> step);

  /** The same value at every step. */
  static Schedule constant(double value) {
    return new Constant(value);
  }

  /**
   * Half a cosine wave from {@code initial} at step 0 to {@code last} at {@code steps}, then
   * constant.
   */
  static Schedule cosine(double initial, double last, long steps) {
    return new Cosine(initial, last, steps);
  }

  /** Multiplies {@code initial} by {@code factor} after every {@code every} steps. */
  static Schedule stepDecay(double initial, double factor, long every) {
    return new StepDecay(initial, factor, every);
  }

  /** Multiplies {@code initial} by {@code factor} at every milestone, given in ascending steps. */
  static Schedule milestones(double initial, double factor, List<Long> steps) {
    return new Milestones(initial, factor, steps);
  }

  /**
   * Rises linearly from {@code startFactor} times this schedule to the schedule itself over the
   * first steps.
   */
  default Schedule withWarmUp(long steps, double startFactor) {
    return new WarmUp(this, steps, startFactor);
  }
}
