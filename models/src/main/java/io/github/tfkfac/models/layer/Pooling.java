package io.github.tfkfac.models.layer;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/** Reductions over windows of an image; parameterless. */
public final class Pooling {

  private Pooling() {}

  /**
   * The largest entry of each window; padding never wins.
   *
   * <p><i>Shapes</i>: {@code [N, H, W, C]} to {@code [N, H', W', C]}.
   */
  public static <T extends TNumber> Operand<T> max(
      Ops tf, Operand<T> images, int size, int stride, Padding padding) {
    checkWindow(size, stride);
    Window<T> window = Window.padded(tf, images, padding, lowest(tf, images.type()));
    return tf.nn.maxPool(
        window.image(),
        tf.constant(new int[] {1, size, size, 1}),
        tf.constant(new int[] {1, stride, stride, 1}),
        window.rule());
  }

  /**
   * The mean of each window. {@link Padding.Pixels} counts as zeros, as in PyTorch; {@link
   * Padding.Same} does not count.
   *
   * <p><i>Shapes</i>: {@code [N, H, W, C]} to {@code [N, H', W', C]}.
   */
  public static <T extends TNumber> Operand<T> average(
      Ops tf, Operand<T> images, int size, int stride, Padding padding) {
    checkWindow(size, stride);
    Window<T> window = Window.padded(tf, images, padding, tf.constant(images.type(), 0));
    return tf.nn.avgPool(
        window.image(), Window.spatial(size), Window.spatial(stride), window.rule());
  }

  /**
   * The mean over height and width.
   *
   * <p><i>Shapes</i>: {@code [N, H, W, C]} to {@code [N, C]}.
   */
  public static <T extends TNumber> Operand<T> globalAverage(Ops tf, Operand<T> images) {
    return tf.math.mean(images, tf.constant(new int[] {1, 2}));
  }

  private static <T extends TNumber> Operand<T> lowest(Ops tf, Class<T> type) {
    return tf.constant(type, type.equals(TFloat64.class) ? -Double.MAX_VALUE : -Float.MAX_VALUE);
  }

  private static void checkWindow(int size, int stride) {
    Checks.positive("window size of pooling", size);
    Checks.positive("stride of pooling", stride);
  }
}
