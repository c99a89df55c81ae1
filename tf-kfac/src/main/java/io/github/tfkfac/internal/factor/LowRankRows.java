package io.github.tfkfac.internal.factor;

import io.github.tfkfac.extension.FactorStructure;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * A batch's Kronecker factors as {@code U·Uᵀ}, one column of U per example.
 *
 * <p>{@code U_A = x̄ᵀ/√N} and {@code U_G = √N·gᵀ}, with the inputs and the output gradients
 * averaged over the positions of an example (Tang et al. 2021, SKFAC).
 *
 * <p><i>Shapes</i>: {@code [d, n]} for a full factor, {@code [groups, d, n]} for a stack, {@code
 * [count, blockSize, n]} for blocks; {@code [1, n]} zeros where nothing is kept; of a diagonal
 * factor {@code [d, n]} as of a full one. <i>Scale</i>: the gradients are those of a loss averaged
 * over the batch.
 */
public final class LowRankRows {

  private LowRankRows() {}

  /** {@code U_A}. */
  public static <T extends TNumber> Operand<T> input(
      Ops tf, LayerRows<T> rows, FactorStructure structure) {
    Operand<T> examples = tf.math.sqrt(Sums.count(tf, rows.input(), 0));
    return columns(tf, tf.math.div(rows.input(), examples), structure);
  }

  /**
   * {@code U_G}.
   *
   * @param passes the rows of every backward pass of the Fisher matrix
   */
  public static <T extends TNumber> Operand<T> output(
      Ops tf, List<LayerRows<T>> passes, FactorStructure structure) {
    List<Operand<T>> parts = new ArrayList<>();
    for (LayerRows<T> rows : passes) {
      Operand<T> examples = tf.math.sqrt(Sums.count(tf, rows.gradient(), 0));
      Operand<T> means = tf.math.div(rows.gradient(), positions(tf, rows));
      parts.add(columns(tf, tf.math.mul(means, examples), structure));
    }
    return Sums.joined(tf, parts, -1);
  }

  private static <T extends TNumber> Operand<T> positions(Ops tf, LayerRows<T> rows) {
    int rank = rows.gradient().shape().numDimensions();
    return tf.reshape(rows.positions(), rank == 2 ? tf.array(-1, 1) : tf.array(-1, 1, 1));
  }

  private static <T extends TNumber> Operand<T> columns(
      Ops tf, Operand<T> rows, FactorStructure structure) {
    if (structure instanceof FactorStructure.Full) {
      return tf.linalg.transpose(rows, tf.array(1, 0));
    }
    if (structure instanceof FactorStructure.Stack) {
      return tf.linalg.transpose(rows, tf.array(1, 2, 0));
    }
    if (structure instanceof FactorStructure.Blocks blocks) {
      int[][] margins = {{0, 0}, {0, blocks.count() * blocks.blockSize() - blocks.size()}};
      Operand<T> filled = tf.pad(rows, tf.constant(margins), tf.constantOfSameType(rows, 0));
      return tf.linalg.transpose(
          tf.reshape(filled, tf.array(-1, blocks.count(), blocks.blockSize())), tf.array(1, 2, 0));
    }
    if (structure instanceof FactorStructure.Diagonal diagonal) {
      return tf.linalg.transpose(tf.reshape(rows, tf.array(-1, diagonal.size())), tf.array(1, 0));
    }
    return tf.fill(tf.array(1, 1), tf.constantOfSameType(rows, 0));
  }

  /** The diagonal of {@code U·Uᵀ}. */
  public static <T extends TNumber> Operand<T> diagonal(Ops tf, Operand<T> u) {
    return tf.reduceSum(tf.math.square(u), tf.constant(-1));
  }
}
