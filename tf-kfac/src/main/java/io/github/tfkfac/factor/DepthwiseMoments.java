package io.github.tfkfac.factor;

import io.github.tfkfac.graph.ConvolutionGeometry;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.family.TNumber;

/** Second moments of a depthwise convolution, one pair of small matrices per input channel. */
public record DepthwiseMoments(ConvolutionGeometry geometry, Bias bias) implements LayerMoments {

  @Override
  public <T extends TNumber> SecondMoments<T> of(Ops tf, Operand<T> input, Operand<T> gradient) {
    int channels = geometry.inputChannels();
    int multiplier = geometry.outputChannels();
    Operand<T> g = tf.reshape(gradient, tf.array(-1, channels, multiplier));
    Operand<T> rows = Sums.count(tf, g, 0);
    Operand<T> inputSum = patchSums(tf, input);
    if (bias == Bias.PRESENT) {
      int window = geometry.kernelHeight() * geometry.kernelWidth();
      Operand<T> first =
          tf.reshape(
              tf.linalg.transpose(
                  tf.reshape(Patches.total(tf, geometry, input), tf.array(window, channels)),
                  tf.array(1, 0)),
              tf.array(channels, 1, window));
      inputSum = Sums.bordered(tf, inputSum, first, tf.fill(tf.array(channels, 1, 1), rows), 3);
    }
    Operand<T> byChannel = tf.linalg.transpose(g, tf.array(1, 0, 2));
    return new SecondMoments<>(
        inputSum,
        tf.train.batchMatMul(byChannel, byChannel, g.type(), BatchMatMul.adjX(true)),
        rows,
        Sums.count(tf, gradient, 0));
  }

  /**
   * {@code [channels, window, window]}. Column i is the filter gradient of the convolution for the
   * inputs seen at kernel offset i as output gradient; those inputs are the convolution with a
   * filter that is 1 at i. One offset at a time (a control dependency), so that only one copy of
   * the input is held.
   */
  private <T extends TNumber> Operand<T> patchSums(Ops tf, Operand<T> input) {
    int channels = geometry.inputChannels();
    int window = geometry.kernelHeight() * geometry.kernelWidth();
    List<Long> strides =
        List.of(1L, (long) geometry.strideHeight(), (long) geometry.strideWidth(), 1L);
    String padding = geometry.padding().name();
    List<Operand<T>> columns = new ArrayList<>();
    Ops after = tf;
    for (int offset = 0; offset < window; offset++) {
      float[] one = new float[window];
      one[offset] = 1;
      Operand<T> filter =
          tf.broadcastTo(
              tf.reshape(
                  tf.dtypes.cast(tf.constant(one), input.type()),
                  tf.array(geometry.kernelHeight(), geometry.kernelWidth(), 1, 1)),
              tf.array(geometry.kernelHeight(), geometry.kernelWidth(), channels, 1));
      Operand<T> seen = after.nn.depthwiseConv2dNative(input, filter, strides, padding);
      Operand<T> column =
          tf.nn.depthwiseConv2dNativeBackpropFilter(
              input,
              tf.array(geometry.kernelHeight(), geometry.kernelWidth(), channels, 1),
              seen,
              strides,
              padding);
      columns.add(tf.reshape(column, tf.array(window, channels)));
      after = tf.withControlDependencies(column);
    }
    return tf.linalg.transpose(tf.stack(columns), tf.array(2, 1, 0));
  }
}
