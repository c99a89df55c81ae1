package io.github.tfkfac.capture;

import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** The columns of the square root of a loss's Hessian for the model's output. */
final class HessianRoot {

  static final int MOST_COLUMNS = 256;

  private HessianRoot() {}

  /** How many numbers the model puts out for an example. */
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
    return IntStream.range(0, columns)
        .mapToObj(
            column ->
                likeOutput(tf, tf.math.mul(flat, unit(tf, columns, column, roots.type())), roots))
        .toList();
  }

  /** {@code e_index} of a space of some dimension. */
  static <T extends TNumber> Operand<T> unit(Ops tf, int dimension, int index, Class<T> type) {
    double[] entries = new double[dimension];
    entries[index] = 1;
    return tf.dtypes.cast(tf.constant(entries), type);
  }

  static <T extends TNumber> Operand<T> likeOutput(Ops tf, Operand<T> value, Operand<T> output) {
    return tf.reshape(value, tf.shape(output));
  }
}
