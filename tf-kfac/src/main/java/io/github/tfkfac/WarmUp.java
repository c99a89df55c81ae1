package io.github.tfkfac;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/**
 * Linear warm-up: multiplies another schedule by {@code startFactor + (1 - startFactor) * min(1, t
 * / steps)} (Goyal et al. 2017).
 *
 * @param after the schedule that is reached
 * @param steps length of the warm-up
 * @param startFactor multiplier at step 0, in [0, 1]
 */
public record WarmUp(Schedule after, long steps, double startFactor) implements Schedule {

  public WarmUp {
    if (steps <= 0) {
      throw new IllegalArgumentException("expected a warm-up over > 0 steps, found " + steps);
    }
    if (!(startFactor >= 0 && startFactor <= 1)) {
      throw new IllegalArgumentException(
          "expected a warm-up's start factor in [0, 1], found " + startFactor);
    }
  }

  @Override
  public Operand<TFloat64> at(Ops tf, Operand<TInt64> step) {
    Operand<TFloat64> progress =
        tf.math.minimum(
            tf.math.div(tf.dtypes.cast(step, TFloat64.class), tf.constant((double) steps)),
            tf.constant(1.0));
    Operand<TFloat64> factor =
        tf.math.add(tf.constant(startFactor), tf.math.mul(tf.constant(1 - startFactor), progress));
    return tf.math.mul(after.at(tf, step), factor);
  }
}
