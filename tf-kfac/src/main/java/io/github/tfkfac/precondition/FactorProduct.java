package io.github.tfkfac.precondition;

import io.github.tfkfac.graph.FactorStructure;
import io.github.tfkfac.linalg.Matrices;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Products of a layer's gradient matrix and the inverse of one of its factors: {@code B_A·D} and
 * {@code D·B_G}.
 *
 * <p><i>Shapes</i>: D is {@code [inputSize, outputSize]}, or {@code [count, inputSize, outputSize]}
 * for a layer of several groups, whose diagonals then may stand one after the other, {@code [count
 * · size]}; the inverse has the shape of its structure. The product has the shape of D.
 *
 * <p><i>Throws</i> {@link IllegalArgumentException} if a shape does not fit the structure.
 */
public final class FactorProduct {

  private FactorProduct() {}

  /** {@code B·D}, for a factor of the input side. */
  public static <T extends TNumber> Operand<T> left(
      Ops tf, FactorStructure structure, Operand<T> inverse, Operand<T> gradient) {
    require(structure, inverse, gradient, -2);
    if (structure instanceof FactorStructure.Identity) {
      return gradient;
    }
    if (structure instanceof FactorStructure.Diagonal) {
      Operand<T> perRow = perGroup(tf, inverse, gradient.shape(), -2);
      return tf.math.mul(gradient, tf.expandDims(perRow, tf.constant(-1)));
    }
    if (structure instanceof FactorStructure.Blocks blocks) {
      Operand<T> cut = BlockRows.cut(tf, blocks, gradient);
      return BlockRows.join(tf, blocks, Matrices.multiply(tf, inverse, cut));
    }
    return Matrices.multiply(tf, inverse, gradient);
  }

  /** {@code D·B}, for a factor of the output side. */
  public static <T extends TNumber> Operand<T> right(
      Ops tf, FactorStructure structure, Operand<T> inverse, Operand<T> gradient) {
    require(structure, inverse, gradient, -1);
    if (structure instanceof FactorStructure.Identity) {
      return gradient;
    }
    if (structure instanceof FactorStructure.Diagonal) {
      Operand<T> perColumn = perGroup(tf, inverse, gradient.shape(), -1);
      return tf.math.mul(gradient, tf.expandDims(perColumn, tf.constant(-2)));
    }
    if (structure instanceof FactorStructure.Blocks blocks) {
      Operand<T> cut = BlockColumns.cut(tf, blocks, gradient);
      return BlockColumns.join(tf, blocks, Matrices.multiply(tf, cut, inverse));
    }
    return Matrices.multiply(tf, gradient, inverse);
  }

  private static void require(
      FactorStructure structure, Operand<?> inverse, Operand<?> gradient, int side) {
    if (!structure.shape().isCompatibleWith(inverse.shape())) {
      throw new IllegalArgumentException(
          "expected an inverse of shape %s for a factor %s, found %s"
              .formatted(structure.shape(), structure, inverse.asOutput()));
    }
    requireSide(structure, gradient, side);
  }

  /** A diagonal as {@code [size]}, or as {@code [groups, size]} if it holds those of all groups. */
  static <T extends TNumber> Operand<T> perGroup(
      Ops tf, Operand<T> diagonal, Shape gradient, int side) {
    long size = gradient.get(gradient.numDimensions() + side);
    return diagonal.shape().get(0) == size
        ? diagonal
        : tf.reshape(diagonal, tf.constant(new long[] {gradient.get(0), size}));
  }

  /** Checks that a gradient's side (-2: input, -1: output) fits a structure. */
  static void requireSide(FactorStructure structure, Operand<?> gradient, int side) {
    if (!fits(structure, gradient.shape(), side)) {
      throw new IllegalArgumentException(
          "expected a gradient matrix with %d %s for a factor %s, found %s; pass it as WeightMatrix"
              .formatted(
                  structure.size(),
                  side == -2 ? "rows" : "columns",
                  structure,
                  gradient.asOutput()));
    }
  }

  private static boolean fits(FactorStructure structure, Shape gradient, int side) {
    int rank = gradient.numDimensions();
    if (rank != 2 && (rank != 3 || structure instanceof FactorStructure.Blocks)) {
      return false;
    }
    long size = gradient.get(rank + side);
    boolean ofAllGroups =
        rank == 3
            && (structure instanceof FactorStructure.Diagonal
                || structure instanceof FactorStructure.Identity);
    return size == structure.size() || (ofAllGroups && gradient.get(0) * size == structure.size());
  }
}
