package io.github.tfkfac.internal.precondition;

import io.github.tfkfac.extension.FactorStructure;
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

  /** {@code B·D} for a factor of the input side, {@code D·B} for one of the output side. */
  public static <T extends TNumber> Operand<T> of(
      Ops tf, Side side, FactorStructure structure, Operand<T> inverse, Operand<T> gradient) {
    require(structure, inverse, gradient, side);
    if (structure instanceof FactorStructure.Identity) {
      return gradient;
    }
    if (structure instanceof FactorStructure.Diagonal) {
      return tf.math.mul(gradient, side.spread(tf, perGroup(tf, inverse, gradient.shape(), side)));
    }
    if (structure instanceof FactorStructure.Blocks blocks) {
      return side.join(tf, blocks, side.product(tf, inverse, side.cut(tf, blocks, gradient)));
    }
    return side.product(tf, inverse, gradient);
  }

  private static void require(
      FactorStructure structure, Operand<?> inverse, Operand<?> gradient, Side side) {
    if (!structure.shape().isCompatibleWith(inverse.shape())) {
      throw new IllegalArgumentException(
          "expected an inverse of shape %s for a factor %s, found %s"
              .formatted(structure.shape(), structure, inverse.asOutput()));
    }
    requireSide(structure, gradient, side);
  }

  /** A diagonal as {@code [size]}, or as {@code [groups, size]} if it holds those of all groups. */
  static <T extends TNumber> Operand<T> perGroup(
      Ops tf, Operand<T> diagonal, Shape gradient, Side side) {
    long size = side.length(gradient);
    return diagonal.shape().get(0) == size
        ? diagonal
        : tf.reshape(diagonal, tf.constant(new long[] {gradient.get(0), size}));
  }

  /** Checks that a gradient's side fits a structure. */
  static void requireSide(FactorStructure structure, Operand<?> gradient, Side side) {
    if (!fits(structure, gradient.shape(), side)) {
      throw new IllegalArgumentException(
          "expected a gradient matrix with %d %s for a factor %s, found %s; pass it as WeightMatrix"
              .formatted(
                  structure.size(),
                  side == Side.INPUT ? "rows" : "columns",
                  structure,
                  gradient.asOutput()));
    }
  }

  private static boolean fits(FactorStructure structure, Shape gradient, Side side) {
    int rank = gradient.numDimensions();
    if (rank != 2 && (rank != 3 || structure instanceof FactorStructure.Blocks)) {
      return false;
    }
    long size = side.length(gradient);
    boolean ofAllGroups =
        rank == 3
            && (structure instanceof FactorStructure.Diagonal
                || structure instanceof FactorStructure.Identity);
    return size == structure.size() || (ofAllGroups && gradient.get(0) * size == structure.size());
  }
}
