package io.github.tfkfac.precondition;

import io.github.tfkfac.graph.FactorStructure.Blocks;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** The rows of a matrix in blocks, the last one filled up with zeros. */
final class BlockRows {

  private BlockRows() {}

  /** {@code [size, n]} as {@code [count, blockSize, n]}. */
  static <T extends TNumber> Operand<T> cut(Ops tf, Blocks blocks, Operand<T> matrix) {
    int missing = blocks.count() * blocks.blockSize() - blocks.size();
    Operand<T> filled =
        missing == 0
            ? matrix
            : tf.pad(
                matrix,
                tf.constant(new int[][] {{0, missing}, {0, 0}}),
                tf.constantOfSameType(matrix, 0));
    return tf.reshape(
        filled,
        tf.constant(new long[] {blocks.count(), blocks.blockSize(), matrix.shape().get(1)}));
  }

  /** {@code [count, blockSize, n]} as {@code [count * blockSize, n]}. */
  static <T extends TNumber> Operand<T> flatten(Ops tf, Blocks blocks, Operand<T> matrix) {
    long rows = (long) blocks.count() * blocks.blockSize();
    return tf.reshape(matrix, tf.constant(new long[] {rows, matrix.shape().get(2)}));
  }

  /** {@code [count, blockSize, n]} as {@code [size, n]}; the inverse of {@link #cut}. */
  static <T extends TNumber> Operand<T> join(Ops tf, Blocks blocks, Operand<T> matrix) {
    Operand<T> flat = flatten(tf, blocks, matrix);
    return blocks.count() * blocks.blockSize() == blocks.size()
        ? flat
        : tf.slice(flat, tf.constant(new int[] {0, 0}), tf.constant(new int[] {blocks.size(), -1}));
  }
}
