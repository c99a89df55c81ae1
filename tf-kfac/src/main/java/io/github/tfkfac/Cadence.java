package io.github.tfkfac;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;

/**
 * Tells at which training steps periodic work is due: {@code t mod period == 0}.
 *
 * @param period steps between two times, counted from step 0
 */
public record Cadence(long period) {

  public Cadence {
    if (period <= 0) {
      throw new IllegalArgumentException("expected a period > 0, found " + period);
    }
  }

  /** Due at steps 0, {@code period}, 2 {@code period}, … */
  public static Cadence every(long period) {
    return new Cadence(period);
  }

  /** A scalar: whether the work is due at {@code step}. */
  public Operand<TBool> due(Ops tf, Operand<TInt64> step) {
    return tf.math.equal(tf.math.floorMod(step, tf.constant(period)), tf.constant(0L));
  }
}
