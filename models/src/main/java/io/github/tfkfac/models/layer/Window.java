package io.github.tfkfac.models.layer;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * An image prepared for a sliding-window operation: padded where TensorFlow's own rules do not
 * reach, and the rule for the rest.
 *
 * @param image input of the operation
 * @param rule TensorFlow's name of the padding rule, SAME or VALID
 */
record Window<T extends TNumber>(Operand<T> image, String rule) {

  /** Pads with zeros; takes SAME, which saves an operation, where it means the same. */
  static <T extends TNumber> Window<T> zeroPadded(
      LayerContext<T> context, Operand<T> image, Padding padding, int kernel, int stride) {
    if (padding instanceof Padding.Pixels pixels
        && stride == 1
        && 2 * pixels.count() + 1 == kernel) {
      return new Window<>(image, "SAME");
    }
    return padded(context.tf(), image, padding, context.scalar(0));
  }

  /** Pads with {@code fill}. */
  static <T extends TNumber> Window<T> padded(
      Ops tf, Operand<T> image, Padding padding, Operand<T> fill) {
    if (padding instanceof Padding.Same) {
      return new Window<>(image, "SAME");
    }
    if (padding instanceof Padding.Pixels pixels && pixels.count() > 0) {
      int count = pixels.count();
      int[][] border = {{0, 0}, {count, count}, {count, count}, {0, 0}};
      return new Window<>(tf.pad(image, tf.constant(border), fill), "VALID");
    }
    return new Window<>(image, "VALID");
  }

  /** Window sizes or strides in NHWC order. */
  static List<Long> spatial(int size) {
    return List.of(1L, (long) size, (long) size, 1L);
  }
}
