package io.github.tfkfac.twolevel;

import io.github.tfkfac.capture.Tap;
import io.github.tfkfac.capture.Tap.Flow;
import io.github.tfkfac.graph.ConvolutionGeometry;
import io.github.tfkfac.graph.LayerSite;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.family.TNumber;

/**
 * A layer's sums over the entries of its input rows and of its output gradients, as maps over its
 * output positions.
 *
 * <p>Maps are {@code [N, height, width]} with static height and width: an image's positions for a
 * convolution, {@code [N, positions, 1]} for a dense layer ({@code [N, 1, 1]} when it is applied
 * once per example). Uses of a shared weight follow one another along the height.
 */
final class CoarseMaps {

  private CoarseMaps() {}

  /**
   * {@code α}: at every position the sum of the input row, the 1 of the bias included. Of a
   * depthwise convolution, whose channels have rows of their own, the mean over the channels.
   */
  static <T extends TNumber> Operand<T> input(Ops tf, Tap<T> tap) {
    LayerSite<T> site = tap.site();
    Operand<T> sums =
        joined(tf, tap.flows().stream().map(flow -> inputSums(tf, site, flow)).toList());
    return site.bias().isEmpty() ? sums : tf.math.add(sums, tf.constantOfSameType(sums, 1));
  }

  /** {@code γ}: at every position the sum of the output gradient. */
  static <T extends TNumber> Operand<T> gradient(Ops tf, Tap<T> tap) {
    return joined(
        tf,
        tap.flows().stream()
            .map(
                flow -> {
                  Operand<T> gradient = flow.outputGradient();
                  return map(tf, tap.site(), tf.reduceSum(gradient, tf.constant(-1)), flow);
                })
            .toList());
  }

  private static <T extends TNumber> Operand<T> inputSums(Ops tf, LayerSite<T> site, Flow<T> flow) {
    Operand<T> input = flow.input(tf);
    if (site instanceof LayerSite.Convolution<T> convolution) {
      Operand<T> image = tf.reduceSum(input, tf.constant(-1), ReduceSum.keepDims(true));
      return map(tf, site, windowSums(tf, convolution.geometry(), image), flow);
    }
    if (site instanceof LayerSite.DepthwiseConvolution<T> depthwise) {
      Operand<T> image = tf.math.mean(input, tf.constant(-1), Mean.keepDims(true));
      return map(tf, site, windowSums(tf, depthwise.geometry(), image), flow);
    }
    return map(tf, site, tf.reduceSum(input, tf.constant(-1)), flow);
  }

  /** Sums over the windows of an image with one channel. */
  private static <T extends TNumber> Operand<T> windowSums(
      Ops tf, ConvolutionGeometry geometry, Operand<T> image) {
    Operand<T> ones =
        tf.fill(
            tf.array(geometry.kernelHeight(), geometry.kernelWidth(), 1, 1),
            tf.constantOfSameType(image, 1));
    return tf.nn.conv2d(
        image,
        ones,
        List.of(1L, (long) geometry.strideHeight(), (long) geometry.strideWidth(), 1L),
        geometry.padding().name());
  }

  /** Brings sums over a layer's output positions into the form of a map. */
  private static <T extends TNumber> Operand<T> map(
      Ops tf, LayerSite<T> site, Operand<T> sums, Flow<T> flow) {
    Shape output = flow.outputGradient().shape();
    long height = 1;
    long width = 1;
    if (site instanceof LayerSite.Dense) {
      for (int i = 1; i < output.numDimensions() - 1; i++) {
        height = known(site, output, i) * height;
      }
    } else {
      height = known(site, output, 1);
      width = known(site, output, 2);
    }
    return tf.reshape(sums, tf.constant(new long[] {-1, height, width}));
  }

  private static long known(LayerSite<?> site, Shape output, int dimension) {
    long size = output.get(dimension);
    if (size == Shape.UNKNOWN_SIZE) {
      throw new IllegalArgumentException(
          ("expected output positions of a known number for the two-level correction of layer '%s',"
                  + " found shape %s; give the network's input a static size or leave the layer out")
              .formatted(site.name(), output));
    }
    return size;
  }

  private static <T extends TNumber> Operand<T> joined(Ops tf, List<Operand<T>> uses) {
    return uses.size() == 1 ? uses.get(0) : tf.concat(uses, tf.constant(1));
  }
}
