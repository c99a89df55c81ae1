package io.github.tfkfac.internal.factor;

import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.FactorStructure.Blocks;
import io.github.tfkfac.extension.FactorStructure.Diagonal;
import io.github.tfkfac.extension.FactorStructure.Full;
import io.github.tfkfac.extension.FactorStructure.Identity;
import io.github.tfkfac.extension.FactorStructure.Stack;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/**
 * The sums and counts that all layers need; those of the outer products of rows are computed only
 * where a {@link FactorStructure} keeps them.
 */
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

  /**
   * {@code Σ xᵀx} in the structure's shape.
   *
   * @param rows {@code [rows, size]}; {@code [rows, groups, size]} for a layer of several groups
   */
  static <T extends TNumber> Operand<T> kept(Ops tf, Operand<T> rows, FactorStructure structure) {
    return rows.shape().numDimensions() == 3
        ? ofGroups(tf, rows, structure)
        : kept(tf, rows, Bias.ABSENT, structure);
  }

  /**
   * {@code Σ xᵀx} in the structure's shape.
   *
   * @param rows {@code [rows, size]}, without the bias entry
   * @param bias whether every row has a 1 as last entry
   */
  static <T extends TNumber> Operand<T> kept(
      Ops tf, Operand<T> rows, Bias bias, FactorStructure structure) {
    if (structure instanceof Full) {
      Operand<T> sum = products(tf, rows, rows);
      return bias == Bias.ABSENT
          ? sum
          : bordered(tf, sum, total(tf, rows), tf.reshape(count(tf, rows, 0), tf.array(1, 1)));
    }
    if (structure instanceof Blocks blocks) {
      return blocks(tf, rows, bias, blocks);
    }
    if (structure instanceof Diagonal) {
      Operand<T> squares = total(tf, tf.math.square(rows));
      return bias == Bias.ABSENT ? squares : withCount(tf, squares, count(tf, rows, 0));
    }
    if (structure instanceof Identity) {
      return nothing(tf, rows.type());
    }
    throw unfit("one matrix", structure);
  }

  /** A diagonal with the entry of the bias appended. */
  static <T extends TNumber> Operand<T> withCount(Ops tf, Operand<T> squares, Operand<T> rows) {
    return tf.concat(List.of(squares, tf.reshape(rows, tf.array(1))), tf.constant(0));
  }

  /** The factor of which nothing is kept. */
  static <T extends TNumber> Operand<T> nothing(Ops tf, Class<T> type) {
    return tf.dtypes.cast(tf.constant(new float[0]), type);
  }

  static IllegalArgumentException unfit(String expected, FactorStructure found) {
    return new IllegalArgumentException(
        "expected the structure of a factor that is " + expected + ", found " + found);
  }

  private static <T extends TNumber> Operand<T> ofGroups(
      Ops tf, Operand<T> rows, FactorStructure structure) {
    if (structure instanceof Stack stack) {
      return stack.size() == 1
          ? tf.expandDims(total(tf, tf.math.square(rows)), tf.constant(-1))
          : batched(tf, rows);
    }
    if (structure instanceof Diagonal diagonal) {
      return tf.reshape(total(tf, tf.math.square(rows)), tf.array(diagonal.size()));
    }
    if (structure instanceof Identity) {
      return nothing(tf, rows.type());
    }
    throw unfit("a stack of matrices", structure);
  }

  private static <T extends TNumber> Operand<T> blocks(
      Ops tf, Operand<T> rows, Bias bias, Blocks structure) {
    int count = structure.count();
    int size = structure.blockSize();
    double[] last = new double[count * size - structure.size() + bias.entries()];
    Operand<T> filled = rows;
    if (last.length > 0) {
      last[0] = bias.entries();
      Operand<T> columns =
          tf.broadcastTo(
              tf.dtypes.cast(tf.constant(last), rows.type()),
              tf.stack(List.of(size(tf, rows, 0), tf.constant(last.length))));
      filled = tf.concat(List.of(rows, columns), tf.constant(1));
    }
    return batched(tf, tf.reshape(filled, tf.array(-1, count, size)));
  }

  /** {@code [groups, size, size]} of {@code [rows, groups, size]}. */
  private static <T extends TNumber> Operand<T> batched(Ops tf, Operand<T> rows) {
    Operand<T> byGroup = tf.linalg.transpose(rows, tf.array(1, 0, 2));
    return tf.train.batchMatMul(byGroup, byGroup, rows.type(), BatchMatMul.adjX(true));
  }
}
