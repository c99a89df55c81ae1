package io.github.tfkfac.internal.diagnostics;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** Numbers that concern a whole layer. */
public final class LayerQuality {

  private LayerQuality() {}

  /**
   * {@code ⟨V, D⟩ / (‖V‖‖D‖)}, which is positive where the damped factors are positive definite.
   *
   * <p><i>Shapes</i>: two operands of one shape, {@code → []}. <i>Numerics</i>: 0 if one is zero.
   */
  public static <T extends TNumber> Operand<T> cosine(
      Ops tf, Operand<T> direction, Operand<T> gradient) {
    return tf.math.divNoNan(
        inner(tf, direction, gradient), tf.math.mul(norm(tf, direction), norm(tf, gradient)));
  }

  /**
   * {@code (max S + λ) / (min S + λ)}; of the groups of a layer the largest.
   *
   * <p><i>Shapes</i>: {@code [a, g] → []}, {@code [c, a, g] → []}. <i>Numerics</i>: rows that fill
   * up blocks have eigenvalue 0, so that the result is an upper bound there.
   *
   * @param spectrum S, the eigenvalues of the Kronecker product or its re-estimated diagonal
   * @param damping λ, a scalar
   */
  public static <T extends TNumber> Operand<T> condition(
      Ops tf, Operand<T> spectrum, Operand<T> damping) {
    Operand<T> perGroup =
        tf.math.div(
            tf.math.add(tf.reduceMax(spectrum, tf.array(-2, -1)), damping),
            tf.math.add(tf.reduceMin(spectrum, tf.array(-2, -1)), damping));
    return FactorQuality.largest(tf, perGroup);
  }

  private static <T extends TNumber> Operand<T> norm(Ops tf, Operand<T> value) {
    return tf.math.sqrt(inner(tf, value, value));
  }

  private static <T extends TNumber> Operand<T> inner(Ops tf, Operand<T> a, Operand<T> b) {
    return tf.reduceSum(tf.reshape(tf.math.mul(a, b), tf.array(-1)), tf.constant(0));
  }
}
