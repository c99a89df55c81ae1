package io.github.tfkfac.internal.factor;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/** The sums and counts that all layers need. */
public final class Sums {

  private Sums() {}

  /** {@code aᵀb} of two matrices that have one row per summand. */
  static <T extends TNumber> Operand<T> products(Ops tf, Operand<T> a, Operand<T> b) {
    return tf.linalg.matMul(a, b, MatMul.transposeA(true));
  }

  /** {@code [..., width]} as {@code [rows, width]}. */
  static <T extends TNumber> Operand<T> asRows(Ops tf, Operand<T> operand, int width) {
    return operand.shape().numDimensions() == 2
        ? operand
        : tf.reshape(operand, tf.array(-1, width));
  }

  /** {@code Σ gᵀg} over all leading dimensions. */
  static <T extends TNumber> Operand<T> gram(Ops tf, Operand<T> operand, int width) {
    Operand<T> rows = asRows(tf, operand, width);
    return products(tf, rows, rows);
  }

  /** Sum of the rows of a matrix, {@code [width]}. */
  static <T extends TNumber> Operand<T> total(Ops tf, Operand<T> rows) {
    return tf.reduceSum(rows, tf.constant(0));
  }

  /** Several operands one after the other along a dimension. */
  public static <T extends TType> Operand<T> joined(
      Ops tf, List<Operand<T>> operands, int dimension) {
    return operands.size() == 1 ? operands.get(0) : tf.concat(operands, tf.constant(dimension));
  }

  /** The sum of several operands. */
  public static <T extends TType> Operand<T> added(Ops tf, List<Operand<T>> terms) {
    return terms.size() == 1 ? terms.get(0) : tf.math.addN(terms);
  }

  /** Length of one dimension as an int32 scalar. */
  static Operand<TInt32> size(Ops tf, Operand<?> operand, int dimension) {
    return tf.gather(tf.shape(operand), tf.constant(dimension), tf.constant(0));
  }

  /** Length of one dimension in the operand's own type. */
  static <T extends TNumber> Operand<T> count(Ops tf, Operand<T> operand, int dimension) {
    return tf.dtypes.cast(size(tf, operand, dimension), operand.type());
  }

  /** {@code [N, ..., width]} as {@code [examples, positions, width]}. */
  static <T extends TNumber> Operand<T> byExample(
      Ops tf, Operand<T> operand, Operand<TInt32> examples, int width) {
    return tf.reshape(operand, tf.stack(List.of(examples, tf.constant(-1), tf.constant(width))));
  }

  /** Sum over the second dimension. */
  static <T extends TNumber> Operand<T> overPositions(Ops tf, Operand<T> byExample) {
    return tf.reduceSum(byExample, tf.constant(1));
  }

  /**
   * The block matrix {@code [[moments, totalᵀ], [total, rows]]} of rows with a 1 appended.
   *
   * @param moments {@code [..., d, d]}
   * @param total sum of the rows, {@code [..., d]}
   * @param rows number of rows, {@code [..., 1, 1]}
   */
  static <T extends TNumber> Operand<T> bordered(
      Ops tf, Operand<T> moments, Operand<T> total, Operand<T> rows) {
    Operand<T> column = tf.expandDims(total, tf.constant(-1));
    Operand<T> row = tf.expandDims(total, tf.constant(-2));
    Operand<T> upper = tf.concat(List.of(moments, column), tf.constant(-1));
    Operand<T> lower = tf.concat(List.of(row, rows), tf.constant(-1));
    return tf.concat(List.of(upper, lower), tf.constant(-2));
  }

  /** The statically known length of a dimension, or {@link Shape#UNKNOWN_SIZE}. */
  static long staticSize(Operand<?> operand, int dimension) {
    Shape shape = operand.shape();
    if (shape.isUnknown()) {
      return Shape.UNKNOWN_SIZE;
    }
    int index = dimension < 0 ? shape.numDimensions() + dimension : dimension;
    return shape.get(index);
  }

  static void requireRank(String what, Operand<?> operand, int rank) {
    Shape shape = operand.shape();
    if (!shape.isUnknown() && shape.numDimensions() != rank) {
      throw new IllegalArgumentException(
          "expected a layer's %s %s to have %d dimensions, found shape %s"
              .formatted(what, operand.op().name(), rank, shape));
    }
  }

  static void requireLast(String what, Operand<?> operand, long expected) {
    Shape shape = operand.shape();
    if (shape.isUnknown()) {
      return;
    }
    long found = shape.numDimensions() < 2 ? 0 : staticSize(operand, -1);
    if (found != Shape.UNKNOWN_SIZE && found != expected) {
      throw new IllegalArgumentException(
          "expected a layer's %s %s to have shape [..., %d], found %s; check the layer's sizes"
              .formatted(what, operand.op().name(), expected, shape));
    }
  }
}
