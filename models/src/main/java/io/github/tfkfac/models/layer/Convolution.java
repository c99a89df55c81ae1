package io.github.tfkfac.models.layer;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.family.TNumber;

/**
 * A convolution with a square kernel.
 *
 * <p><i>Shapes</i>: input {@code [N, H, W, in]}, output {@code [N, H', W', filters]}; parameters
 * {@code kernel [size, size, in, filters]} and {@code bias [filters]}.
 *
 * @param filters output channels
 * @param size height and width of the kernel
 * @param stride distance of two neighboring windows
 * @param padding what is seen beyond the border
 * @param bias whether a bias is added
 * @param initializer initial kernel
 */
public record Convolution(
    int filters, int size, int stride, Padding padding, Bias bias, Initializer initializer)
    implements Layer {

  public Convolution {
    Checks.positive("filters of a convolution", filters);
    Checks.positive("kernel size of a convolution", size);
    Checks.positive("stride of a convolution", stride);
  }

  /** Stride 1, padded by {@code size / 2} pixels, without bias, He-normal kernel. */
  public Convolution(int filters, int size) {
    this(filters, size, 1, Padding.pixels(size / 2), Bias.NONE, Initializer.heNormal());
  }

  /** The same with another distance of neighboring windows. */
  public Convolution withStride(int newStride) {
    return new Convolution(filters, size, newStride, padding, bias, initializer);
  }

  /** The same with another padding. */
  public Convolution withPadding(Padding newPadding) {
    return new Convolution(filters, size, stride, newPadding, bias, initializer);
  }

  /** The same with or without a bias. */
  public Convolution withBias(Bias newBias) {
    return new Convolution(filters, size, stride, padding, newBias, initializer);
  }

  /** The same with another initial kernel. */
  public Convolution withInitializer(Initializer newInitializer) {
    return new Convolution(filters, size, stride, padding, bias, newInitializer);
  }

  @Override
  public <T extends TNumber> Operand<T> apply(LayerContext<T> context, Operand<T> input) {
    long channels = Checks.shape(context, input, 4).get(3);
    Operand<T> kernel =
        context.trainable(
            "kernel", Shape.of(size, size, channels, filters), new Axes.Convolution(), initializer);
    Window<T> window = Window.zeroPadded(context, input, padding, size, stride);
    Operand<T> output =
        context.tf().nn.conv2d(window.image(), kernel, Window.spatial(stride), window.rule());
    return bias.apply(context, output, filters);
  }
}
