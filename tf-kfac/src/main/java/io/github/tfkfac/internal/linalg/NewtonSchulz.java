package io.github.tfkfac.internal.linalg;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
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
    Operand<T> a = tf.constantOfSameType(matrix, A);
    Operand<T> b = tf.constantOfSameType(matrix, B);
    Operand<T> c = tf.constantOfSameType(matrix, C);
    Operand<T> x = rounded(tf, matrix);
    Operand<T> norm = rounded(tf, Matrices.frobeniusNorm(tf, x));
    x = rounded(tf, tf.math.div(x, tf.math.maximum(norm, tf.constantOfSameType(norm, EPSILON))));
    for (int step = 0; step < steps; step++) {
      Operand<T> gram = rounded(tf, product(tf, x, x, isTall, !isTall));
      Operand<T> square = product(tf, gram, gram, false, false);
      Operand<T> change = rounded(tf, tf.math.add(tf.math.mul(b, gram), tf.math.mul(c, square)));
      Operand<T> changed =
          isTall ? product(tf, x, change, false, false) : product(tf, change, x, false, false);
      x = rounded(tf, tf.math.add(tf.math.mul(a, x), changed));
    }
    return x;
  }

  private <T extends TNumber> Operand<T> rounded(Ops tf, Operand<T> value) {
    return isLowered ? tf.dtypes.cast(tf.dtypes.cast(value, TBfloat16.class), value.type()) : value;
  }

  private <T extends TNumber> Operand<T> product(
      Ops tf,
      Operand<T> first,
      Operand<T> second,
      boolean transposeFirst,
      boolean transposeSecond) {
    MatMul.Options[] options = {
      MatMul.transposeA(transposeFirst), MatMul.transposeB(transposeSecond)
    };
    return isLowered
        ? LowPrecision.of(tf, first, second, (p, q) -> tf.linalg.matMul(p, q, options))
        : tf.linalg.matMul(first, second, options);
  }
}
