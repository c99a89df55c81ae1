package io.github.tfkfac.internal.linalg;

import java.util.Arrays;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/**
 * Matrix operations that work the same on one matrix and on a batch of matrices.
 *
 * <p><i>Shapes</i>: {@code [d, d]} or {@code [c, d, d]}, static; products also take a batch and a
 * single matrix together.
 */
public final class Matrices {

  private Matrices() {}

  /**
   * The order d of a square matrix.
   *
   * @throws IllegalArgumentException unless the shape is a static {@code [d, d]} or {@code [c, d,
   *     d]}
   */
  public static int order(Operand<?> matrix) {
    Shape shape = matrix.shape();
    int rank = shape.numDimensions();
    if ((rank == 2 || rank == 3)
        && !shape.hasUnknownDimension()
        && shape.get(rank - 1) == shape.get(rank - 2)
        && shape.get(rank - 1) > 0) {
      return Math.toIntExact(shape.get(rank - 1));
    }
    throw new IllegalArgumentException(
        "expected a square matrix [d, d] or batch of matrices [c, d, d] of known size, found "
            + matrix.asOutput()
            + "; reshape it to a static square shape");
  }

  /** The product {@code A·B}. */
  public static <T extends TNumber> Operand<T> multiply(Ops tf, Operand<T> a, Operand<T> b) {
    return isBatch(a) || isBatch(b) ? tf.train.batchMatMul(a, b, a.type()) : tf.linalg.matMul(a, b);
  }

  /** The product {@code Aᵀ·B}, without forming the transpose. */
  public static <T extends TNumber> Operand<T> multiplyTransposed(
      Ops tf, Operand<T> a, Operand<T> b) {
    return isBatch(a) || isBatch(b)
        ? tf.train.batchMatMul(a, b, a.type(), BatchMatMul.adjX(true))
        : tf.linalg.matMul(a, b, MatMul.transposeA(true));
  }

  /** The product {@code A·Bᵀ}, without forming the transpose. */
  public static <T extends TNumber> Operand<T> multiplyByTransposed(
      Ops tf, Operand<T> a, Operand<T> b) {
    return isBatch(a) || isBatch(b)
        ? tf.train.batchMatMul(a, b, a.type(), BatchMatMul.adjY(true))
        : tf.linalg.matMul(a, b, MatMul.transposeB(true));
  }

  /** The transpose of every matrix. */
  public static <T extends TNumber> Operand<T> transpose(Ops tf, Operand<T> matrix) {
    return tf.linalg.transpose(
        matrix, isBatch(matrix) ? tf.constant(new int[] {0, 2, 1}) : tf.constant(new int[] {1, 0}));
  }

  /** {@code (M + Mᵀ)/2}, symmetric to the last bit. */
  public static <T extends TNumber> Operand<T> symmetrize(Ops tf, Operand<T> matrix) {
    return tf.math.mul(
        tf.constantOfSameType(matrix, 0.5), tf.math.add(matrix, transpose(tf, matrix)));
  }

  /** The identity {@code [d, d]}. */
  public static <T extends TNumber> Operand<T> identity(Ops tf, int order, Class<T> type) {
    Operand<T> one = tf.dtypes.cast(tf.constant(1), type);
    return tf.linalg.matrixDiag(
        tf.fill(tf.array(order), one),
        tf.constant(0),
        tf.constant(-1),
        tf.constant(-1),
        tf.zerosLike(one));
  }

  /**
   * {@code M + value·I}, of a batch with any number of leading dimensions.
   *
   * @param value one number, or one per matrix, or one per entry of the first leading dimensions
   */
  public static <T extends TNumber> Operand<T> addToDiagonal(
      Ops tf, Operand<T> matrix, Operand<T> value) {
    Operand<T> perRow = overDimensions(tf, value, matrix.shape().numDimensions() - 1);
    return withDiagonal(tf, matrix, tf.math.add(diagonal(tf, matrix), perRow));
  }

  /** {@code I − M}. */
  public static <T extends TNumber> Operand<T> identityMinus(Ops tf, Operand<T> matrix) {
    Operand<T> one = tf.constantOfSameType(matrix, 1);
    return withDiagonal(tf, tf.math.neg(matrix), tf.math.sub(one, diagonal(tf, matrix)));
  }

  /** {@code ⟨A, B⟩ = Σ AᵢⱼBᵢⱼ}, one number per matrix. */
  public static <T extends TNumber> Operand<T> innerProduct(Ops tf, Operand<T> a, Operand<T> b) {
    return tf.reduceSum(tf.math.mul(a, b), tf.constant(new int[] {-2, -1}));
  }

  /** {@code ‖M‖_F}, one number per matrix. */
  public static <T extends TNumber> Operand<T> frobeniusNorm(Ops tf, Operand<T> matrix) {
    return tf.math.sqrt(tf.reduceSum(tf.math.square(matrix), tf.constant(new int[] {-2, -1})));
  }

  /** Reshapes one value per matrix so that it broadcasts over the entries of that matrix. */
  public static <T extends TType> Operand<T> overEntries(Ops tf, Operand<T> perMatrix) {
    return perMatrix.shape().numDimensions() == 0
        ? perMatrix
        : tf.reshape(perMatrix, tf.constant(new int[] {-1, 1, 1}));
  }

  /**
   * Appends dimensions of length 1 up to a rank, so that values for the first dimensions of an
   * operand broadcast over the others; a scalar stays one.
   */
  public static <T extends TType> Operand<T> overDimensions(Ops tf, Operand<T> values, int rank) {
    int missing = rank - values.shape().numDimensions();
    if (values.shape().numDimensions() == 0 || missing == 0) {
      return values;
    }
    long[] ones = new long[missing];
    Arrays.fill(ones, 1);
    return tf.reshape(values, tf.constant(values.shape().append(Shape.of(ones)).asArray()));
  }

  /** The block of every matrix that starts at (row, column). */
  static <T extends TNumber> Operand<T> block(
      Ops tf, Operand<T> matrix, int row, int column, int rows, int columns) {
    return isBatch(matrix)
        ? tf.slice(
            matrix,
            tf.constant(new int[] {0, row, column}),
            tf.constant(new int[] {-1, rows, columns}))
        : tf.slice(
            matrix, tf.constant(new int[] {row, column}), tf.constant(new int[] {rows, columns}));
  }

  private static boolean isBatch(Operand<?> matrix) {
    return matrix.shape().numDimensions() == 3;
  }

  /** The diagonal of every matrix. */
  public static <T extends TNumber> Operand<T> diagonal(Ops tf, Operand<T> matrix) {
    return tf.linalg.matrixDiagPart(matrix, tf.constant(0), tf.constantOfSameType(matrix, 0));
  }

  private static <T extends TNumber> Operand<T> withDiagonal(
      Ops tf, Operand<T> matrix, Operand<T> diagonal) {
    return tf.linalg.matrixSetDiag(matrix, diagonal, tf.constant(0));
  }
}
