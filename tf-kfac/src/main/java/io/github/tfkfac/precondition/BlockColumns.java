package io.github.tfkfac.precondition;

import io.github.tfkfac.graph.FactorStructure.Blocks;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** The columns of a matrix in blocks, the last one filled up with zeros. */
final class BlockColumns {

  private BlockColumns() {}

  /** {@code [n, size]} as {@code [count, n, blockSize]}. */
  static <T extends TNumber> Operand<T> cut(Ops tf, Blocks blocks, Operand<T> matrix) {
    int missing = blocks.count() * blocks.blockSize() - blocks.size();
    Operand<T> filled =
        missing == 0
            ? matrix
            : tf.pad(
                matrix,
                tf.constant(new int[][] {{0, 0}, {0, missing}}),
                tf.constantOfSameType(matrix, 0));
    Operand<T> apart =
        tf.reshape(
            filled,
            tf.constant(new long[] {matrix.shape().get(0), blocks.count(), blocks.blockSize()}));
    return tf.linalg.transpose(apart, tf.constant(new int[] {1, 0, 2}));
  }

  /** {@code [count, n, blockSize]} as {@code [n, count * blockSize]}. */
  static <T extends TNumber> Operand<T> flatten(Ops tf, Blocks blocks, Operand<T> matrix) {
    long columns = (long) blocks.count() * blocks.blockSize();
    return tf.reshape(
        tf.linalg.transpose(matrix, tf.constant(new int[] {1, 0, 2})),
        tf.constant(new long[] {matrix.shape().get(1), columns}));
  }

  /** {@code [count, n, blockSize]} as {@code [n, size]}; the inverse of {@link #cut}. */
  static <T extends TNumber> Operand<T> join(Ops tf, Blocks blocks, Operand<T> matrix) {
    Operand<T> flat = flatten(tf, blocks, matrix);
    return blocks.count() * blocks.blockSize() == blocks.size()
        ? flat
        : tf.slice(flat, tf.constant(new int[] {0, 0}), tf.constant(new int[] {-1, blocks.size()}));
  }
}
