package io.github.tfkfac.internal.twolevel;

import io.github.tfkfac.UnsupportedLayerException;
import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.Tap;
import io.github.tfkfac.extension.Tap.Flow;
import io.github.tfkfac.internal.capture.ImagePatches;
import io.github.tfkfac.internal.factor.Sums;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.types.family.TNumber;

/**
 * A layer's sums over the entries of its input rows and of its output gradients, as maps over its
 * output positions.
 *
 * <p>Maps are {@code [N, height, width]} with static height and width: an image's positions for a
 * convolution, {@code [N, positions, 1]} for a dense layer or an embedding ({@code [N, 1, 1]} when
 * it is applied once per example). Uses of a shared weight follow one another along the height.
 */
final class CoarseMaps {

  private CoarseMaps() {}

  /**
   * {@code α}: at every position the sum of the input row, the 1 of the bias included. Of a layer
   * in groups, which have rows of their own, the mean over the groups; of an embedding 1.
   *
   * @throws IllegalArgumentException for a layer without input rows
   */
  static <T extends TNumber> Operand<T> input(Ops tf, Tap<T> tap) {
    LayerSite<T> site = tap.site();
    if (site.kind() instanceof LayerKind.Embedding) {
      return tf.onesLike(gradient(tf, tap));
    }
    Operand<T> sums =
        Sums.joined(
            tf,
            tap.flows().stream()
                .map(flow -> map(tf, site, rowSums(tf, site, tap.input(tf, flow)), flow))
                .toList(),
            1);
    return site.bias().isEmpty() ? sums : tf.math.add(sums, tf.constantOfSameType(sums, 1));
  }

  /** {@code γ}: at every position the sum of the output gradient. */
  static <T extends TNumber> Operand<T> gradient(Ops tf, Tap<T> tap) {
    return Sums.joined(
        tf,
        tap.flows().stream()
            .map(
                flow -> {
                  Operand<T> sums = tf.reduceSum(tap.gradient(tf, flow), tf.constant(-1));
                  return map(tf, tap.site(), sums, flow);
                })
            .toList(),
        1);
  }

  private static <T extends TNumber> Operand<T> rowSums(
      Ops tf, LayerSite<T> site, Operand<T> input) {
    if (site.kind() instanceof LayerKind.Dense) {
      return tf.reduceSum(input, tf.constant(-1));
    }
    Operand<T> image = tf.reduceSum(input, tf.constant(-1), ReduceSum.keepDims(true));
    if (site.kind() instanceof LayerKind.Convolution convolution) {
      return windowSums(tf, convolution.geometry(), image);
    }
    if (site.kind() instanceof LayerKind.GroupedConvolution grouped) {
      return mean(tf, windowSums(tf, grouped.geometry(), image), grouped.groups());
    }
    if (site.kind() instanceof LayerKind.DepthwiseConvolution depthwise) {
      ConvolutionGeometry geometry = depthwise.geometry();
      return mean(tf, windowSums(tf, geometry, image), geometry.inputChannels());
    }
    throw new UnsupportedLayerException(
        site.name(),
        "expected a layer with input rows for the two-level correction, found '%s' (%s)"
            .formatted(site.name(), site.label()));
  }

  private static <T extends TNumber> Operand<T> mean(Ops tf, Operand<T> sum, int count) {
    return tf.math.div(sum, tf.constantOfSameType(sum, count));
  }

  /** Sums over the windows of an image with one channel. */
  private static <T extends TNumber> Operand<T> windowSums(
      Ops tf, ConvolutionGeometry geometry, Operand<T> image) {
    Operand<T> ones =
        tf.fill(
            tf.array(geometry.kernelHeight(), geometry.kernelWidth(), 1, 1),
            tf.constantOfSameType(image, 1));
    return tf.nn.conv2d(
        ImagePatches.flat(tf, image),
        ones,
        List.of(1L, (long) geometry.strideHeight(), (long) geometry.strideWidth(), 1L),
        geometry.padding().name(),
        Conv2d.dilations(
            List.of(1L, (long) geometry.dilationHeight(), (long) geometry.dilationWidth(), 1L)));
  }

  /** Brings sums over a layer's output positions into the form of a map. */
  private static <T extends TNumber> Operand<T> map(
      Ops tf, LayerSite<T> site, Operand<T> sums, Flow<T> flow) {
    Shape output = flow.rows();
    long height = 1;
    long width = 1;
    if (site.kind() instanceof LayerKind.Dense || site.kind() instanceof LayerKind.Embedding) {
      for (int i = 1; i < output.numDimensions() - 1; i++) {
        height = known(site, output, i) * height;
      }
    } else {
      int rank = output.numDimensions();
      for (int i = 1; i < rank - 2; i++) {
        height = known(site, output, i) * height;
      }
      width = known(site, output, rank - 2);
    }
    return tf.reshape(sums, tf.constant(new long[] {-1, height, width}));
  }

  private static long known(LayerSite<?> site, Shape output, int dimension) {
    long size = output.get(dimension);
    if (size == Shape.UNKNOWN_SIZE) {
      throw new UnsupportedLayerException(
          site.name(),
          ("expected output positions of a known number for the two-level correction of layer '%s',"
                  + " found shape %s; give the network's input a static size")
              .formatted(site.name(), output));
    }
    return size;
  }
}
