package io.github.tfkfac.internal.linalg;

import io.github.tfkfac.InverseSolver;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.SelfAdjointEig;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/**
 * The inverse by eigendecomposition: {@code M = QΛQᵀ, M⁻¹ = Q·max(Λ, floor)⁻¹·Qᵀ}, about 9d³
 * operations.
 *
 * <p><i>Numerics</i>: symmetric to the last bit and positive definite. {@code floor = d·ε·max|Λ|}
 * with ε the machine epsilon of the type, so negative and zero eigenvalues count as the smallest
 * that rounding can tell from zero. The zero matrix, which has no scale, gives the zero matrix.
 */
public record EigenInverse() implements InverseSolver {

  @Override
  public <T extends TNumber> Operand<T> inverse(Ops tf, Operand<T> matrix, Operand<T> warmStart) {
    return FiniteGuard.onFiniteMatrices(tf, matrix, m -> invert(tf, m));
  }

  @Override
  public boolean needsWarmStart() {
    return false;
  }

  private static <T extends TNumber> Operand<T> invert(Ops tf, Operand<T> matrix) {
    SelfAdjointEig<T> eigen = tf.linalg.selfAdjointEig(matrix);
    Operand<T> largest =
        tf.expandDims(tf.reduceMax(tf.math.abs(eigen.e()), tf.constant(-1)), tf.constant(-1));
    double epsilon = matrix.type() == TFloat64.class ? Math.ulp(1.0) : Math.ulp(1.0f);
    Operand<T> floor =
        tf.math.mul(largest, tf.constantOfSameType(matrix, Matrices.order(matrix) * epsilon));
    Operand<T> clamped = tf.math.maximum(eigen.e(), floor);
    Operand<T> reciprocal = tf.math.divNoNan(tf.onesLike(clamped), clamped);
    Operand<T> scaled = tf.math.mul(eigen.v(), tf.expandDims(reciprocal, tf.constant(-2)));
    return Matrices.symmetrize(
        tf, Matrices.multiply(tf, scaled, Matrices.transpose(tf, eigen.v())));
  }
}
