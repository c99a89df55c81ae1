package io.github.tfkfac.factor;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** Exponential moving average {@code M + (1 - decay)(batch - M)}, started at zero. */
public final class MovingAverage {

  private MovingAverage() {}

  /**
   * The average after a batch's value.
   *
   * @param newShare {@code 1 - decay}, a scalar
   */
  public static <T extends TNumber> Operand<T> update(
      Ops tf, Operand<T> average, Operand<T> batch, Operand<T> newShare) {
    return tf.math.add(average, tf.math.mul(tf.math.sub(batch, average), newShare));
  }
}
