package io.github.tfkfac.internal.linalg;

import io.github.tfkfac.InverseSolver;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * The inverse by LU factorization with partial pivoting, about 2d³ operations.
 *
 * <p><i>Numerics</i>: symmetric only to rounding.
 *
 * <p><i>Throws</i> when run: TensorFlow fails the step ("Input is not invertible") if a pivot is
 * exactly zero, which a damping below the rounding of the matrix does not prevent. {@link
 * CholeskyInverse} gives NaN there instead.
 */
public record LuInverse() implements InverseSolver {

  @Override
  public <T extends TNumber> Operand<T> inverse(Ops tf, Operand<T> matrix, Operand<T> warmStart) {
    return FiniteGuard.onFiniteMatrices(tf, matrix, m -> tf.linalg.inv(m));
  }

  @Override
  public boolean needsWarmStart() {
    return false;
  }
}
