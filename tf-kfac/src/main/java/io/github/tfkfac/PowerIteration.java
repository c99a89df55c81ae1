package io.github.tfkfac;

import io.github.tfkfac.internal.linalg.Matrices;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Estimates the largest eigenvalue by repeated matrix-vector products, at O(d²) a round.
 *
 * <p>The start is {@code vᵢ = 1 + frac(i·0.6180339887498949)}, i from 1: it lies in no null space
 * that occurs in practice. (The all-ones vector lies in the null space of a softmax layer's output
 * factor, where the estimate would grow out of rounding noise.)
 *
 * <p><i>Shapes</i>: {@code [d, d] → []}, {@code [c, d, d] → [c]}.
 *
 * <p><i>Numerics</i>: the zero matrix gives 0, a non-finite one NaN. Both estimates are
 * deterministic and approach their limit geometrically in the ratio of the two largest values.
 *
 * @param rounds repetitions, at least 1
 */
public record PowerIteration(int rounds) {

  private static final double GOLDEN_RATIO = 0.6180339887498949;

  /**
   * @throws IllegalArgumentException if {@code rounds < 1}
   */
  public PowerIteration {
    if (rounds < 1) {
      throw new IllegalArgumentException(
          "expected rounds >= 1 of power iteration, found " + rounds + "; NKFAC uses 10");
    }
  }

  /**
   * The largest singular value, which for a symmetric positive semi-definite matrix is λ_max:
   * {@code u = Mᵀv/‖Mᵀv‖, v = M·u, λ_max = ‖v‖} (NKFAC's damping). Never above the true value, up
   * to rounding. Two products a round.
   */
  public <T extends TNumber> Operand<T> lambdaMax(Ops tf, Operand<T> matrix) {
    return largest(
        tf,
        start(tf, matrix),
        v -> Matrices.multiplyTransposed(tf, matrix, v),
        u -> Matrices.multiply(tf, matrix, u));
  }

  /** The same for a symmetric matrix of which only the product with a column is known. */
  public <T extends TNumber> Operand<T> lambdaMax(
      Ops tf, int order, Class<T> type, UnaryOperator<Operand<T>> product) {
    return largest(tf, start(tf, order, type), product, product);
  }

  private <T extends TNumber> Operand<T> largest(
      Ops tf,
      Operand<T> start,
      UnaryOperator<Operand<T>> transposedProduct,
      UnaryOperator<Operand<T>> product) {
    Operand<T> v = start;
    for (int round = 0; round < rounds; round++) {
      // v enters with unit length: u is the same, and λ⁴ is never formed.
      Operand<T> u = unit(tf, transposedProduct.apply(unit(tf, v)));
      v = product.apply(u);
    }
    return Matrices.frobeniusNorm(tf, v);
  }

  /**
   * The largest absolute eigenvalue, for matrices with real eigenvalues that need not be symmetric:
   * {@code v = M·v/‖v‖, ρ = ‖v‖}. One product a round.
   */
  public <T extends TNumber> Operand<T> spectralRadius(Ops tf, Operand<T> matrix) {
    Operand<T> v = start(tf, matrix);
    for (int round = 0; round < rounds; round++) {
      v = Matrices.multiply(tf, matrix, unit(tf, v));
    }
    return Matrices.frobeniusNorm(tf, v);
  }

  /** The start vector as a column {@code [d, 1]}. */
  public static <T extends TNumber> Operand<T> start(Ops tf, Operand<T> matrix) {
    return start(tf, Matrices.order(matrix), matrix.type());
  }

  private static <T extends TNumber> Operand<T> start(Ops tf, int order, Class<T> type) {
    double[][] column = new double[order][1];
    for (int i = 0; i < column.length; i++) {
      double multiple = (i + 1) * GOLDEN_RATIO;
      column[i][0] = 1 + multiple - Math.floor(multiple);
    }
    return tf.dtypes.cast(tf.constant(column), type);
  }

  /** {@code v/‖v‖}; zero stays zero. */
  public static <T extends TNumber> Operand<T> unit(Ops tf, Operand<T> column) {
    // vᵀv has shape [1, 1] or [c, 1, 1]: it broadcasts as it is, and takes few graph nodes.
    Operand<T> norm = tf.math.sqrt(Matrices.multiplyTransposed(tf, column, column));
    return tf.math.divNoNan(column, norm);
  }
}
