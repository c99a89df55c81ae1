package io.github.tfkfac.models.layer;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** Turns a batch of images into a batch of rows. */
public final class Flatten {

  private Flatten() {}

  /**
   * Rows in the order height, width, channels; a batch of rows stays as it is.
   *
   * <p><i>Shapes</i>: {@code [N, H, W, C]} to {@code [N, H * W * C]}.
   */
  public static <T extends TNumber> Operand<T> flatten(Ops tf, Operand<T> input) {
    if (input.shape().numDimensions() == 2) {
      return input;
    }
    long entries = input.shape().tail().size();
    return tf.reshape(input, tf.constant(new long[] {-1, entries}));
  }
}
