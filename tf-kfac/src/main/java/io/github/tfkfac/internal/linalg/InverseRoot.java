package io.github.tfkfac.internal.linalg;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/**
 * The inverse root {@code (M + εI)^(−1/p)} of a symmetric positive semi-definite matrix.
 *
 * <p><i>Numerics</i>: a matrix with a NaN or an infinity gives no finite result, never a failed
 * step.
 *
 * @param p degree of the root, at least 1
 * @param epsilon ε
 */
public record InverseRoot(int p, double epsilon) {

  /** Newton steps that are taken between two looks at the error. */
  private static final int STEPS_PER_LOOK = 4;

  /** As many as a condition of 1e14 needs, which the smallest eigenvalue's doubling bridges. */
  private static final int LOOKS = 12;

  /** By eigendecomposition; eigenvalues that rounding made negative count as zero. */
  public <T extends TNumber> Operand<T> byEigenvalues(Ops tf, Operand<T> matrix) {
    Eigendecomposition<T> eigen = Eigendecomposition.of(tf, matrix);
    Operand<T> shifted = tf.math.add(eigen.values(), tf.constantOfSameType(matrix, epsilon));
    Operand<T> powers = tf.math.pow(shifted, tf.constantOfSameType(matrix, -1.0 / p));
    return Matrices.multiplyByTransposed(tf, tf.math.mul(eigen.basis(), powers), eigen.basis());
  }

  /**
   * By the coupled Newton iteration {@code X ← X·N, M ← N^p·M} with {@code N = ((p+1)I − M)/p},
   * from {@code z·M} and {@code z^(1/p)·I} with {@code z = (p+1)/(2‖M‖_F)} (Guo and Higham 2006;
   * Anil et al. 2020). It ends within four steps after the largest entry of {@code I − M} is below
   * the tolerance, or after 48.
   *
   * @param branch skips the steps that are not needed
   */
  public <T extends TNumber> Operand<T> byNewton(
      Ops tf, Operand<T> matrix, double tolerance, Branch branch) {
    Operand<T> finite = FiniteMatrices.orNaN(tf, matrix);
    Operand<T> damped = Matrices.addToDiagonal(tf, finite, tf.constantOfSameType(matrix, epsilon));
    Operand<T> norm = Matrices.frobeniusNorm(tf, damped);
    Operand<T> z = tf.math.div(tf.constantOfSameType(matrix, (p + 1) / 2.0), norm);
    Operand<T> start = tf.math.pow(z, tf.constantOfSameType(matrix, 1.0 / p));
    Operand<T> identity = Matrices.identity(tf, Matrices.order(matrix), matrix.type());
    List<Operand<T>> pair = List.of(tf.math.mul(identity, start), tf.math.mul(damped, z));
    for (int look = 0; look < LOOKS; look++) {
      Operand<T> error = tf.math.abs(Matrices.identityMinus(tf, pair.get(1)));
      Operand<T> largest = tf.max(error, tf.constant(new int[] {-2, -1}));
      Operand<TBool> goesOn = tf.math.greater(largest, tf.constantOfSameType(matrix, tolerance));
      pair = branch.choose(tf, goesOn, pair, this::steps, (ops, values) -> values);
    }
    return pair.get(0);
  }

  private <T extends TNumber> List<Operand<T>> steps(Ops tf, List<Operand<T>> pair) {
    Operand<T> root = pair.get(0);
    Operand<T> coupled = pair.get(1);
    Operand<T> share = tf.constantOfSameType(root, 1.0 / p);
    Operand<T> one = tf.constantOfSameType(root, 1);
    for (int step = 0; step < STEPS_PER_LOOK; step++) {
      Operand<T> change = tf.math.mul(Matrices.identityMinus(tf, coupled), share);
      Operand<T> factor = Matrices.addToDiagonal(tf, change, one);
      root = Matrices.multiply(tf, root, factor);
      for (int i = 0; i < p; i++) {
        coupled = Matrices.multiply(tf, factor, coupled);
      }
    }
    return List.of(root, coupled);
  }
}
