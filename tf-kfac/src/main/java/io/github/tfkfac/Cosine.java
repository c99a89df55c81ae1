package io.github.tfkfac;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/**
 * Half a cosine wave: {@code last + (initial - last)(1 + cos(pi t / steps)) / 2} for {@code t <
 * steps}, then {@code last} (Loshchilov and Hutter 2017, without restarts).
 *
 * @param initial value at step 0
 * @param last value from {@code steps} on
 * @param steps length of the descent
 */
public record Cosine(double initial, double last, long steps) implements Schedule {

  public Cosine {
    if (!Double.isFinite(initial) || !Double.isFinite(last)) {
      throw new IllegalArgumentException(
          "expected finite ends of a cosine schedule, found " + initial + " and " + last);
    }
    if (steps <= 0) {
      throw new IllegalArgumentException(
          "expected a cosine schedule over > 0 steps, found " + steps);
    }
  }

  @Override
  public Operand<TFloat64> at(Ops tf, Operand<TInt64> step) {
    Operand<TFloat64> progress =
        tf.math.minimum(
            tf.math.div(tf.dtypes.cast(step, TFloat64.class), tf.constant((double) steps)),
            tf.constant(1.0));
    Operand<TFloat64> wave = tf.math.cos(tf.math.mul(progress, tf.constant(Math.PI)));
    return tf.math.add(
        tf.constant(last),
        tf.math.mul(tf.constant((initial - last) / 2), tf.math.add(tf.constant(1.0), wave)));
  }
}
