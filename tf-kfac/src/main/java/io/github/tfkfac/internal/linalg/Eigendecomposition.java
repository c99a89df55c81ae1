package io.github.tfkfac.internal.linalg;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.SelfAdjointEig;
import org.tensorflow.types.family.TNumber;

/**
 * The eigenvectors and eigenvalues of a symmetric positive semi-definite matrix, {@code M =
 * Q·diag(λ)·Qᵀ}, about 9d³ operations.
 *
 * <p><i>Numerics</i>: M is symmetrized first; eigenvalues are in rising order and, where rounding
 * made them negative, zero. A matrix with a NaN or an infinity gives NaN throughout, not a failed
 * step.
 *
 * @param basis Q with the eigenvectors as columns, {@code [d, d]} or {@code [c, d, d]}
 * @param values λ, {@code [d]} or {@code [c, d]}
 */
public record Eigendecomposition<T extends TNumber>(Operand<T> basis, Operand<T> values) {

  /**
   * Decomposes a matrix, or each of a batch.
   *
   * @throws IllegalArgumentException if the matrix is not square or its size is not static
   */
  public static <T extends TNumber> Eigendecomposition<T> of(Ops tf, Operand<T> matrix) {
    Matrices.order(matrix);
    FiniteMatrices<T> guarded = FiniteMatrices.of(tf, Matrices.symmetrize(tf, matrix));
    SelfAdjointEig<T> eigen = tf.linalg.selfAdjointEig(guarded.matrixOrIdentity());
    Operand<T> values = tf.math.maximum(eigen.e(), tf.constantOfSameType(matrix, 0));
    return new Eigendecomposition<>(
        guarded.matrixOrNaN(tf, eigen.v()), guarded.vectorOrNaN(tf, values));
  }
}
