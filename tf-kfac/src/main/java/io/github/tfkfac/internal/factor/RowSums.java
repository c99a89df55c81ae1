package io.github.tfkfac.internal.factor;

import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.FactorStructure.Blocks;
import io.github.tfkfac.extension.FactorStructure.Diagonal;
import io.github.tfkfac.extension.FactorStructure.Full;
import io.github.tfkfac.extension.FactorStructure.Identity;
import io.github.tfkfac.extension.FactorStructure.Stack;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.family.TNumber;

/** Sums of the outer products of rows, computed only where a {@link FactorStructure} keeps them. */
final class RowSums {

  private RowSums() {}

  /**
   * {@code Σ xᵀx} in the structure's shape.
   *
   * @param rows {@code [rows, size]}; {@code [rows, groups, size]} for a layer of several groups
   */
  static <T extends TNumber> Operand<T> of(Ops tf, Operand<T> rows, FactorStructure structure) {
    return rows.shape().numDimensions() == 3
        ? ofGroups(tf, rows, structure)
        : of(tf, rows, Bias.ABSENT, structure);
  }

  /**
   * {@code Σ xᵀx} in the structure's shape.
   *
   * @param rows {@code [rows, size]}, without the bias entry
   * @param bias whether every row has a 1 as last entry
   */
  static <T extends TNumber> Operand<T> of(
      Ops tf, Operand<T> rows, Bias bias, FactorStructure structure) {
    if (structure instanceof Full) {
      Operand<T> sum = Sums.products(tf, rows, rows);
      return bias == Bias.ABSENT
          ? sum
          : Sums.bordered(
              tf, sum, Sums.total(tf, rows), tf.reshape(count(tf, rows), tf.array(1, 1)));
    }
    if (structure instanceof Blocks blocks) {
      return blocks(tf, rows, bias, blocks);
    }
    if (structure instanceof Diagonal) {
      Operand<T> squares = Sums.total(tf, tf.math.square(rows));
      return bias == Bias.ABSENT ? squares : withCount(tf, squares, count(tf, rows));
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
          ? tf.expandDims(Sums.total(tf, tf.math.square(rows)), tf.constant(-1))
          : batched(tf, rows);
    }
    if (structure instanceof Diagonal diagonal) {
      return tf.reshape(Sums.total(tf, tf.math.square(rows)), tf.array(diagonal.size()));
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
              tf.stack(List.of(Sums.size(tf, rows, 0), tf.constant(last.length))));
      filled = tf.concat(List.of(rows, columns), tf.constant(1));
    }
    return batched(tf, tf.reshape(filled, tf.array(-1, count, size)));
  }

  /** {@code [groups, size, size]} of {@code [rows, groups, size]}. */
  private static <T extends TNumber> Operand<T> batched(Ops tf, Operand<T> rows) {
    Operand<T> byGroup = tf.linalg.transpose(rows, tf.array(1, 0, 2));
    return tf.train.batchMatMul(byGroup, byGroup, rows.type(), BatchMatMul.adjX(true));
  }

  private static <T extends TNumber> Operand<T> count(Ops tf, Operand<T> rows) {
    return Sums.count(tf, rows, 0);
  }
}
