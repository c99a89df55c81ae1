package io.github.tfkfac.internal.precondition;

import io.github.tfkfac.extension.FactorStructure.Blocks;
import io.github.tfkfac.internal.linalg.Matrices;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Side of a layer, and of its gradient matrix, that a factor belongs to. In {@code Blocks} the side
 * is cut into blocks, the last one filled up with zeros: {@code [size, n]} as {@code [count,
 * blockSize, n]}, {@code [n, size]} as {@code [count, n, blockSize]}.
 */
public enum Side {
  /** Rows: the input factor's. */
  INPUT,
  /** Columns: the output-gradient factor's. */
  OUTPUT;

  /** The one of two values that belongs to the side. */
  public <V> V of(V input, V output) {
    return this == INPUT ? input : output;
  }

  /** Length of a matrix's side. */
  long length(Shape matrix) {
    return matrix.get(matrix.numDimensions() - (this == INPUT ? 2 : 1));
  }

  /** A vector of the side's length, or one per group, to be multiplied with a matrix. */
  <T extends TNumber> Operand<T> spread(Ops tf, Operand<T> vector) {
    return tf.expandDims(vector, tf.constant(this == INPUT ? -1 : -2));
  }

  /** {@code B·D} of the rows, {@code D·B} of the columns. */
  <T extends TNumber> Operand<T> product(Ops tf, Operand<T> factor, Operand<T> matrix) {
    return this == INPUT
        ? Matrices.multiply(tf, factor, matrix)
        : Matrices.multiply(tf, matrix, factor);
  }

  /** A matrix in blocks. */
  <T extends TNumber> Operand<T> cut(Ops tf, Blocks blocks, Operand<T> matrix) {
    int missing = blocks.count() * blocks.blockSize() - blocks.size();
    int[] ends = {0, missing};
    int[][] padding = this == INPUT ? new int[][] {ends, {0, 0}} : new int[][] {{0, 0}, ends};
    Operand<T> filled =
        missing == 0
            ? matrix
            : tf.pad(matrix, tf.constant(padding), tf.constantOfSameType(matrix, 0));
    long count = blocks.count();
    long size = blocks.blockSize();
    if (this == INPUT) {
      return reshape(tf, filled, count, size, matrix.shape().get(1));
    }
    Operand<T> apart = reshape(tf, filled, matrix.shape().get(0), count, size);
    return tf.linalg.transpose(apart, tf.constant(new int[] {1, 0, 2}));
  }

  /** A matrix of blocks with the side in one, what fills up the last block included. */
  <T extends TNumber> Operand<T> flatten(Ops tf, Blocks blocks, Operand<T> matrix) {
    long size = (long) blocks.count() * blocks.blockSize();
    if (this == INPUT) {
      return reshape(tf, matrix, size, matrix.shape().get(2));
    }
    Operand<T> together = tf.linalg.transpose(matrix, tf.constant(new int[] {1, 0, 2}));
    return reshape(tf, together, matrix.shape().get(1), size);
  }

  /** The inverse of {@link #cut}. */
  <T extends TNumber> Operand<T> join(Ops tf, Blocks blocks, Operand<T> matrix) {
    Operand<T> flat = flatten(tf, blocks, matrix);
    int[] size = this == INPUT ? new int[] {blocks.size(), -1} : new int[] {-1, blocks.size()};
    return blocks.count() * blocks.blockSize() == blocks.size()
        ? flat
        : tf.slice(flat, tf.constant(new int[] {0, 0}), tf.constant(size));
  }

  private static <T extends TNumber> Operand<T> reshape(Ops tf, Operand<T> matrix, long... sizes) {
    return tf.reshape(matrix, tf.constant(sizes));
  }
}
