package io.github.tfkfac;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/**
 * {@code initial * factor^floor(t / every)}.
 *
 * @param initial value of the first {@code every} steps
 * @param factor multiplier after every {@code every} steps
 * @param every steps between two changes
 */
public record StepDecay(double initial, double factor, long every) implements Schedule {

  public StepDecay {
    if (!Double.isFinite(initial) || !Double.isFinite(factor)) {
      throw new IllegalArgumentException(
          "expected finite values in a step schedule, found " + initial + " and factor " + factor);
    }
    if (every <= 0) {
      throw new IllegalArgumentException("expected a step schedule's period > 0, found " + every);
    }
  }

  @Override
  public Operand<TFloat64> at(Ops tf, Operand<TInt64> step) {
    Operand<TFloat64> changes =
        tf.dtypes.cast(tf.math.floorDiv(step, tf.constant(every)), TFloat64.class);
    return tf.math.mul(tf.constant(initial), tf.math.pow(tf.constant(factor), changes));
  }
}
