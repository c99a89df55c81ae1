package io.github.tfkfac.internal.linalg;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/**
 * Matrices made safe for an operation that must not see a NaN or an infinity.
 *
 * @param finite per matrix: whether all its entries are finite
 * @param matrixOrIdentity the matrix where it is finite, else the identity
 */
record FiniteMatrices<T extends TNumber>(Operand<TBool> finite, Operand<T> matrixOrIdentity) {

  static <T extends TNumber> FiniteMatrices<T> of(Ops tf, Operand<T> matrix) {
    Operand<TBool> finite = finite(tf, matrix);
    Operand<T> zero = tf.constantOfSameType(matrix, 0);
    Operand<T> one = tf.constantOfSameType(matrix, 1);
    return new FiniteMatrices<>(
        finite,
        Matrices.addToDiagonal(
            tf,
            tf.select(Matrices.overEntries(tf, finite), matrix, zero),
            tf.select(finite, zero, one)));
  }

  private static <T extends TNumber> Operand<TBool> finite(Ops tf, Operand<T> matrix) {
    return tf.reduceAll(tf.math.isFinite(matrix), tf.constant(new int[] {-2, -1}));
  }

  /** The matrices with NaN throughout those of which an entry is not finite. */
  static <T extends TNumber> Operand<T> orNaN(Ops tf, Operand<T> matrix) {
    Operand<T> zeroOrNaN =
        tf.select(
            finite(tf, matrix),
            tf.constantOfSameType(matrix, 0),
            tf.constantOfSameType(matrix, Double.NaN));
    return tf.math.add(matrix, Matrices.overEntries(tf, zeroOrNaN));
  }

  /** A result {@code [.., d, d]}; NaN where the matrix was not finite. */
  Operand<T> matrixOrNaN(Ops tf, Operand<T> result) {
    return tf.select(
        Matrices.overEntries(tf, finite), result, tf.constantOfSameType(result, Double.NaN));
  }

  /** A result {@code [.., d]}; NaN where the matrix was not finite. */
  Operand<T> vectorOrNaN(Ops tf, Operand<T> result) {
    return tf.select(
        tf.expandDims(finite, tf.constant(-1)), result, tf.constantOfSameType(result, Double.NaN));
  }
}
