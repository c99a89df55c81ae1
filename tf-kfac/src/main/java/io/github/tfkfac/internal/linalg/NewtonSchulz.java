package io.github.tfkfac.internal.linalg;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.family.TNumber;

/**
 * Orthogonalization of a matrix by the quintic Newton–Schulz iteration {@code X ← aX + (bA +
 * cA²)X}, {@code A = XXᵀ}, from {@code X = M/‖M‖_F}.
 *
 * <p>With five steps and Jordan's coefficients every singular value above some thousandths of ‖M‖_F
 * comes between 0.7 and 1.2; the iteration does not converge to 1.
 *
 * <p><i>Numerics</i>: the shorter side has the products. In bfloat16 X, A and the polynomial of A
 * are rounded to 8 bits after every step, as PyTorch does; sums of products are in float32.
 *
 * <p>Source: Jordan et al. 2024, Muon.
 *
 * @param steps of the iteration
 * @param isLowered whether it runs in bfloat16
 */
public record NewtonSchulz(int steps, boolean isLowered) {

  private static final double A = 3.4445;
  private static final double B = -4.7750;
  private static final double C = 2.0315;

  /** Least divisor, for a gradient of zero. */
  private static final double EPSILON = 1e-7;

  /** The matrix with its singular values near 1; zero stays zero. */
  public <T extends TNumber> Operand<T> orthogonalized(Ops tf, Operand<T> matrix) {
    boolean isTall = matrix.shape().get(0) > matrix.shape().get(1);
    Operand<T> x = rounded(tf, isTall ? Matrices.transpose(tf, matrix) : matrix);
    Operand<T> norm = rounded(tf, Matrices.frobeniusNorm(tf, x));
    x = rounded(tf, tf.math.div(x, tf.math.maximum(norm, tf.constantOfSameType(norm, EPSILON))));
    for (int step = 0; step < steps; step++) {
      Operand<T> gram = rounded(tf, product(tf, x, Matrices.transpose(tf, x)));
      Operand<T> sum = sum(tf, B, gram, C, product(tf, gram, gram));
      x = sum(tf, A, x, 1, product(tf, sum, x));
    }
    return isTall ? Matrices.transpose(tf, x) : x;
  }

  private <T extends TNumber> Operand<T> rounded(Ops tf, Operand<T> value) {
    return isLowered ? tf.dtypes.cast(tf.dtypes.cast(value, TBfloat16.class), value.type()) : value;
  }

  private <T extends TNumber> Operand<T> sum(
      Ops tf, double a, Operand<T> first, double b, Operand<T> second) {
    Operand<T> scaled = tf.math.mul(first, tf.constantOfSameType(first, a));
    return rounded(tf, tf.math.add(scaled, tf.math.mul(second, tf.constantOfSameType(second, b))));
  }

  private <T extends TNumber> Operand<T> product(Ops tf, Operand<T> first, Operand<T> second) {
    return isLowered
        ? LowPrecision.of(tf, first, second, (p, q) -> tf.linalg.matMul(p, q))
        : tf.linalg.matMul(first, second);
  }
}
