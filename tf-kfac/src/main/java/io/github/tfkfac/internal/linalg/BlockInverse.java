package io.github.tfkfac.internal.linalg;

import io.github.tfkfac.InverseSolver;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * The inverse by Cholesky factorization in tiles, {@code M = L·Lᵀ, M⁻¹ = L⁻ᵀ·L⁻¹}: all but the
 * tiles on the diagonal is made of matrix products. TensorFlow factorizes a matrix on one core of a
 * CPU and multiplies on all of them.
 *
 * <p>From d = 1152 on this takes 0.4 to 0.6 of the time of a Newton step with its two products, and
 * 0.3 to 0.5 of that of {@link CholeskyInverse}, by which matrices of a single tile are inverted.
 *
 * <p><i>Numerics</i>: as small a residual as a Cholesky factorization leaves, at any condition
 * (inverses of Schur complements would lose twice the digits); symmetric to the last bit; NaN
 * throughout for a matrix that is not positive definite.
 */
public record BlockInverse() implements InverseSolver {

  @Override
  public <T extends TNumber> Operand<T> inverse(Ops tf, Operand<T> matrix, Operand<T> warmStart) {
    return Matrices.order(matrix) <= LowerTiles.LARGEST_UNDIVIDED
        ? InverseSolver.cholesky().inverse(tf, matrix, warmStart)
        : new LowerTiles<>(tf, FiniteMatrices.orNaN(tf, matrix)).gram();
  }

  @Override
  public boolean needsWarmStart() {
    return false;
  }
}
