package io.github.tfkfac.factor;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Exponential moving average {@code M + (1 - decay)(batch - M)}, started at zero without bias
 * correction (Sun et al. 2023, NKFAC).
 *
 * @param decay share of the old average that is kept, in [0, 1)
 */
public record MovingAverage(double decay) {

  public MovingAverage {
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException(
          "expected a moving average's decay in [0, 1), found " + decay);
    }
  }

  /** The average after a batch's value. */
  public <T extends TNumber> Operand<T> update(
      Ops tf, Operand<T> average, Operand<T> batch, Class<T> type) {
    return tf.math.add(
        average, tf.math.mul(tf.math.sub(batch, average), tf.constant(type, 1 - decay)));
  }
}
