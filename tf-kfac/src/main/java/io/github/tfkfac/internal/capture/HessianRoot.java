package io.github.tfkfac.internal.capture;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** The columns of the square root of a loss's Hessian for the model's output. */
public final class HessianRoot {

  static final int MOST_COLUMNS = 256;

  private HessianRoot() {}

  /** Number of the model's output units, that is, of its outputs for an example. */
  static int columns(Operand<?> output) {
    Shape shape = output.shape();
    Shape ofExample =
        shape.isUnknown() ? Shape.unknown() : shape.subShape(1, shape.numDimensions());
    if (ofExample.isUnknown() || ofExample.hasUnknownDimension()) {
      throw new IllegalArgumentException(
          "expected the output '%s' of the exact Fisher to have a known shape [N, ...], found %s; give it one or draw targets with Fisher.sampled"
              .formatted(output.op().name(), shape));
    }
    if (ofExample.size() > MOST_COLUMNS) {
      throw new IllegalArgumentException(
          "expected at most %d numbers per example in the output '%s' of the exact Fisher, each takes a backward pass, found %d; draw targets with Fisher.sampled"
              .formatted(MOST_COLUMNS, output.op().name(), ofExample.size()));
    }
    return Math.toIntExact(ofExample.size());
  }

  /**
   * The columns of a Hessian that is diagonal.
   *
   * @param roots square roots of the diagonal, in the output's shape
   */
  static <T extends TNumber> List<Operand<T>> diagonal(Ops tf, Operand<T> roots) {
    int columns = columns(roots);
    Operand<T> flat = tf.reshape(roots, tf.array(-1, columns));
    List<Operand<T>> all = new ArrayList<>();
    for (int k = 0; k < columns; k++) {
      Operand<T> root = tf.slice(flat, tf.array(0, k), tf.array(-1, 1));
      all.add(likeOutput(tf, embed(tf, root, 1, k, columns), roots));
    }
    return all;
  }

  /** Lengthens a dimension of length 1 by zeros, so that what was there stands at an index. */
  static <T extends TNumber> Operand<T> embed(
      Ops tf, Operand<T> value, int dimension, int index, int length) {
    int[][] margins = new int[value.shape().numDimensions()][2];
    margins[dimension] = new int[] {index, length - 1 - index};
    return tf.pad(value, tf.constant(margins), tf.constantOfSameType(value, 0));
  }

  static <T extends TNumber> Operand<T> likeOutput(Ops tf, Operand<T> value, Operand<T> output) {
    return tf.reshape(value, tf.shape(output));
  }
}
