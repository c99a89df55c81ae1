package io.github.tfkfac.precondition;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** What is done about the length of a layer's preconditioned gradient. */
public sealed interface NormControl {

  /**
   * The direction that is used.
   *
   * @param preconditioned the layer's preconditioned gradient, weight and bias together
   * @param gradient the layer's gradient in the same shape
   */
  <T extends TNumber> Operand<T> apply(
      Ops tf, Operand<T> preconditioned, Operand<T> gradient, Class<T> type);

  /** NKFAC's norm recovery. */
  static NormControl recovery() {
    return new Recovery();
  }

  /** Leaves the length as it is. */
  static NormControl none() {
    return new None();
  }

  /**
   * Gives the preconditioned gradient the gradient's Frobenius norm: {@code V * |D| / (|V| +
   * 1e-12)} (Sun et al. 2023, NKFAC). A zero gradient stays zero.
   */
  record Recovery() implements NormControl {
    @Override
    public <T extends TNumber> Operand<T> apply(
        Ops tf, Operand<T> preconditioned, Operand<T> gradient, Class<T> type) {
      Operand<T> factor =
          tf.math.div(
              norm(tf, gradient), tf.math.add(norm(tf, preconditioned), tf.constant(type, 1e-12)));
      return tf.math.mul(preconditioned, factor);
    }

    private static <T extends TNumber> Operand<T> norm(Ops tf, Operand<T> value) {
      Operand<T> flat = tf.reshape(value, tf.constant(new int[] {-1}));
      return tf.math.sqrt(tf.reduceSum(tf.math.square(flat), tf.constant(0)));
    }
  }

  /** No change. */
  record None() implements NormControl {
    @Override
    public <T extends TNumber> Operand<T> apply(
        Ops tf, Operand<T> preconditioned, Operand<T> gradient, Class<T> type) {
      return preconditioned;
    }
  }
}
