package io.github.tfkfac.internal.linalg;

import io.github.tfkfac.PowerIteration;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.family.TNumber;

/**
 * The matrix {@code U·Uᵀ}, known by its factor U.
 *
 * <p><i>Shapes</i>: {@code U [d, n]} or {@code [c, d, n]}; d and c are static, n need not be. One
 * number per matrix: {@code []} or {@code [c]}.
 */
public final class LowRank {

  private LowRank() {}

  /**
   * The order d of {@code U·Uᵀ}.
   *
   * @throws IllegalArgumentException unless U is a matrix, or a batch of matrices, with a known
   *     number of rows
   */
  public static int order(Operand<?> u) {
    Shape shape = u.shape();
    int rank = shape.numDimensions();
    if ((rank == 2 && shape.get(0) > 0) || (rank == 3 && shape.get(0) > 0 && shape.get(1) > 0)) {
      return Math.toIntExact(shape.get(rank - 2));
    }
    throw new IllegalArgumentException(
        "expected a matrix [d, n] or batch of matrices [c, d, n] with known c and d, found "
            + u.asOutput()
            + "; reshape it to a static number of rows");
  }

  /** {@code U·Uᵀ}. */
  public static <T extends TNumber> Operand<T> dense(Ops tf, Operand<T> u) {
    order(u);
    return u.shape().numDimensions() == 3
        ? tf.train.batchMatMul(u, u, u.type(), BatchMatMul.adjY(true))
        : tf.linalg.matMul(u, u, MatMul.transposeB(true));
  }

  /** {@code λ_max(U·Uᵀ)}, the estimate of {@link PowerIteration#lambdaMax} at O(dn) a round. */
  public static <T extends TNumber> Operand<T> lambdaMax(
      Ops tf, Operand<T> u, PowerIteration iteration) {
    return iteration.lambdaMax(
        tf,
        order(u),
        u.type(),
        v -> Matrices.multiply(tf, u, Matrices.multiplyTransposed(tf, u, v)));
  }

  /** {@code ‖U·Uᵀ‖_F}, from the smaller of {@code UᵀU} and {@code U·Uᵀ}. */
  public static <T extends TNumber> Operand<T> frobeniusNorm(Ops tf, Operand<T> u) {
    return Matrices.frobeniusNorm(
        tf, hasFewColumns(u) ? Matrices.multiplyTransposed(tf, u, u) : dense(tf, u));
  }

  /** Whether {@code n < d}, or n is not known. */
  static boolean hasFewColumns(Operand<?> u) {
    return u.shape().get(u.shape().numDimensions() - 1) < order(u);
  }
}
