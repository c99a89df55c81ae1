package io.github.tfkfac.models.layer;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.family.TNumber;

/**
 * A convolution of each channel on its own.
 *
 * <p><i>Shapes</i>: input {@code [N, H, W, in]}, output {@code [N, H', W', in * multiplier]}, where
 * channel {@code c} gives outputs {@code c * multiplier} and following; parameters {@code kernel
 * [size, size, in, multiplier]} and {@code bias [in * multiplier]}.
 *
 * @param multiplier outputs per input channel
 * @param size height and width of the kernel
 * @param stride distance of two neighboring windows
 * @param padding what is seen beyond the border
 * @param bias whether a bias is added
 * @param initializer initial kernel
 */
public record DepthwiseConvolution(
    int multiplier, int size, int stride, Padding padding, Bias bias, Initializer initializer)
    implements Layer {

  public DepthwiseConvolution {
    Checks.positive("multiplier of a depthwise convolution", multiplier);
    Checks.positive("kernel size of a depthwise convolution", size);
    Checks.positive("stride of a depthwise convolution", stride);
  }

  /** One output per channel, stride 1, padded by {@code size / 2} pixels, no bias, He-normal. */
  public DepthwiseConvolution(int size) {
    this(1, size, 1, Padding.pixels(size / 2), Bias.NONE, Initializer.heNormal());
  }

  /** The same with another distance of neighboring windows. */
  public DepthwiseConvolution withStride(int newStride) {
    return new DepthwiseConvolution(multiplier, size, newStride, padding, bias, initializer);
  }

  /** The same with or without a bias. */
  public DepthwiseConvolution withBias(Bias newBias) {
    return new DepthwiseConvolution(multiplier, size, stride, padding, newBias, initializer);
  }

  @Override
  public <T extends TNumber> Operand<T> apply(LayerContext<T> context, Operand<T> input) {
    long channels = Checks.shape(context, input, 4).get(3);
    Operand<T> kernel =
        context.trainable(
            "kernel",
            Shape.of(size, size, channels, multiplier),
            new Axes.Depthwise(),
            initializer);
    Window<T> window = Window.zeroPadded(context, input, padding, size, stride);
    Operand<T> output =
        context
            .tf()
            .nn
            .depthwiseConv2dNative(window.image(), kernel, Window.spatial(stride), window.rule());
    return bias.apply(context, output, channels * multiplier);
  }
}
