package io.github.tfkfac.internal.factor;

import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.extension.FactorStructure.Identity;
import io.github.tfkfac.extension.FactorStructure.Stack;
import io.github.tfkfac.extension.SecondMoments;
import io.github.tfkfac.internal.capture.ImagePatches;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Second moments of a depthwise convolution: one pair of small matrices per input channel.
 *
 * <p>Output channel {@code c·multiplier + q} belongs to input channel c; its weights and bias are
 * column q of that channel's {@code [window(+1), multiplier]} matrix.
 *
 * <p><i>Shapes</i>: input {@code [N, height, width, channels]}, gradient {@code [N, outHeight,
 * outWidth, channels·multiplier]}, any of N, height and width unknown when the graph is built.
 * {@code inputSum} is {@code [channels, window(+1), window(+1)]} with the window in the order
 * kernel row, kernel column; {@code gradientSum} is {@code [channels, multiplier, multiplier]}.
 * <i>Memory</i>: about one copy of the input.
 *
 * @param geometry with the multiplier as its output channels
 */
public record DepthwiseMoments(ConvolutionGeometry geometry, Bias bias) implements LayerMoments {

  public DepthwiseMoments {
    if (geometry.strideHeight() != geometry.strideWidth()) {
      throw new IllegalArgumentException(
          "expected a depthwise convolution with equal strides, as TensorFlow demands, found %d×%d"
              .formatted(geometry.strideHeight(), geometry.strideWidth()));
    }
  }

  @Override
  public <T extends TNumber> SecondMoments<T> of(
      Ops tf, Operand<T> input, Operand<T> gradient, Kept kept) {
    if (!(kept.input() instanceof Stack) || geometry.isDilated()) {
      return channels().of(tf, input, gradient, kept);
    }
    Operand<T> images = ImagePatches.flat(tf, input);
    SecondMoments<T> others =
        channels()
            .of(tf, input, gradient, new Kept(new Identity(kept.input().size()), kept.gradient()));
    return new SecondMoments<>(
        channels().withBias(tf, patchSums(tf, images), images, others.rows()),
        others.gradientSum(),
        others.rows(),
        others.examples());
  }

  @Override
  public <T extends TNumber> LayerRows<T> reduced(Ops tf, Operand<T> input, Operand<T> gradient) {
    return channels().reduced(tf, input, gradient);
  }

  /** The same with every channel as a group. */
  private GroupedMoments channels() {
    ConvolutionGeometry single = geometry.withChannels(1, geometry.outputChannels());
    return new GroupedMoments(single, geometry.inputChannels(), bias);
  }

  private int window() {
    return geometry.kernelHeight() * geometry.kernelWidth();
  }

  /**
   * {@code [channels, window, window]}.
   *
   * <p>What a window sees at offset i is the convolution with a filter that is 1 at i and 0
   * elsewhere. Taken as output gradient, its filter gradient is column i of every channel's sum.
   * Every offset waits for the one before it (a control dependency; nothing is written), so that
   * only one copy of the input is held.
   */
  private <T extends TNumber> Operand<T> patchSums(Ops tf, Operand<T> input) {
    int height = geometry.kernelHeight();
    int width = geometry.kernelWidth();
    int channels = geometry.inputChannels();
    long stride = geometry.strideHeight();
    List<Long> strides = List.of(1L, stride, stride, 1L);
    String padding = geometry.padding().name();
    Operand<TInt32> filterShape = tf.array(height, width, channels, 1);
    List<Operand<T>> columns = new ArrayList<>();
    Ops after = tf;
    for (int offset = 0; offset < window(); offset++) {
      float[] one = new float[window()];
      one[offset] = 1;
      Operand<T> single =
          tf.reshape(tf.dtypes.cast(tf.constant(one), input.type()), tf.array(height, width, 1, 1));
      Operand<T> seen =
          after.nn.depthwiseConv2dNative(
              input, tf.broadcastTo(single, filterShape), strides, padding);
      Operand<T> column =
          tf.nn.depthwiseConv2dNativeBackpropFilter(input, filterShape, seen, strides, padding);
      columns.add(tf.reshape(column, tf.array(window(), channels)));
      after = tf.withControlDependencies(column);
    }
    return tf.linalg.transpose(tf.stack(columns), tf.array(2, 1, 0));
  }
}
