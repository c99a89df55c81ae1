package io.github.tfkfac.internal.linalg;

import io.github.tfkfac.PowerIteration;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Residual of B as an approximate inverse of M.
 *
 * <p><i>Shapes</i>: {@code [d, d] → []}, {@code [c, d, d] → [c]}.
 */
public final class Residual {

  private Residual() {}

  /** {@code ‖I − B·M‖_F}, at the cost of one matrix product. */
  public static <T extends TNumber> Operand<T> norm(Ops tf, Operand<T> matrix, Operand<T> inverse) {
    return Matrices.frobeniusNorm(
        tf, Matrices.identityMinus(tf, Matrices.multiply(tf, inverse, matrix)));
  }

  /**
   * {@code ‖(I − B·M)v‖} for the unit start vector v of {@link PowerIteration}: a lower bound of
   * {@link #norm} at O(d²).
   */
  public static <T extends TNumber> Operand<T> probe(
      Ops tf, Operand<T> matrix, Operand<T> inverse) {
    Operand<T> v = PowerIteration.unit(tf, PowerIteration.start(tf, matrix));
    Operand<T> image = Matrices.multiply(tf, inverse, Matrices.multiply(tf, matrix, v));
    return Matrices.frobeniusNorm(tf, tf.math.sub(v, image));
  }
}
