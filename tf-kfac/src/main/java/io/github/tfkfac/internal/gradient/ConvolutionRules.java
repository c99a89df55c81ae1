package io.github.tfkfac.internal.gradient;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Derivatives of convolutions whose settings TensorFlow's own overlook, and in three dimensions.
 */
final class ConvolutionRules {

  private ConvolutionRules() {}

  /** Whether a convolution of images with channels last has taps that lie apart. */
  static boolean isDilated(OperationUse use) {
    for (long dilation : use.numbers("dilations")) {
      if (dilation != 1) {
        return true;
      }
    }
    return false;
  }

  /** A convolution with any padding and any dilation. */
  static Map<Integer, Operand<?>> convolution2d(OperationStep step) {
    boolean channelsLast = step.use().text("data_format").equals("NHWC");
    if (!isDilated(step.use()) || !channelsLast) {
      return plain(step, "dilations");
    }
    long[] strides = step.use().numbers("strides");
    return strides[1] == 1 && strides[2] == 1
        ? SpacedConvolution.of(step).gradients()
        : spread(step);
  }

  private static Map<Integer, Operand<?>> plain(OperationStep step, String... more) {
    Ops tf = step.tf();
    ChannelGroups groups = ChannelGroups.of(step);
    UnaryOperator<RawOperation> settings = operation -> settings(operation).like(more);
    Map<Integer, Operand<?>> gradients = new LinkedHashMap<>();
    if (step.wants(0)) {
      gradients.put(0, groups.input(tf.shape(step.in(0)), step.in(1), step.gradient(), settings));
    }
    if (step.wants(1)) {
      gradients.put(1, groups.filter(step.in(0), tf.shape(step.in(1)), step.gradient(), settings));
    }
    return gradients;
  }

  /** With the filter's taps put apart by zeros, which makes the dilation 1. */
  private static Map<Integer, Operand<?>> spread(OperationStep step) {
    Ops tf = step.tf();
    long[] dilations = step.use().numbers("dilations");
    int[] apart = {(int) dilations[1], (int) dilations[2], 1, 1};
    Operand<TNumber> filter = FilterSpacing.spread(tf, step.in(1), apart);
    ChannelGroups groups = ChannelGroups.of(step);
    Map<Integer, Operand<?>> gradients = new LinkedHashMap<>();
    if (step.wants(0)) {
      gradients.put(
          0,
          groups.input(tf.shape(step.in(0)), filter, step.gradient(), ConvolutionRules::settings));
    }
    if (step.wants(1)) {
      Operand<TNumber> derivative =
          groups.filter(step.in(0), tf.shape(filter), step.gradient(), ConvolutionRules::settings);
      gradients.put(1, FilterSpacing.gather(tf, derivative, tf.shape(step.in(1)), apart));
    }
    return gradients;
  }

  private static RawOperation settings(RawOperation operation) {
    return operation.like("strides", "padding", "explicit_paddings", "data_format");
  }

  /** The derivative by the filter, differentiated: linear in the input and in the gradient. */
  static Map<Integer, Operand<?>> backpropFilter2d(OperationStep step) {
    Ops tf = step.tf();
    Map<Integer, Operand<?>> gradients = new LinkedHashMap<>();
    if (step.wants(0)) {
      RawOperation input =
          step.op("Conv2DBackpropInput")
              .in(tf.shape(step.in(0)))
              .in(step.gradient())
              .in(step.in(2));
      gradients.put(0, settings(input).like("dilations").out(0));
    }
    if (step.wants(2)) {
      RawOperation output = step.op("Conv2D").in(step.in(0)).in(step.gradient());
      gradients.put(2, settings(output).like("dilations").out(0));
    }
    return gradients;
  }

  /** A convolution of volumes. */
  static Map<Integer, Operand<?>> convolution3d(OperationStep step) {
    Ops tf = step.tf();
    Map<Integer, Operand<?>> gradients = new LinkedHashMap<>();
    if (step.wants(0)) {
      RawOperation input =
          step.op("Conv3DBackpropInputV2")
              .in(tf.shape(step.in(0)))
              .in(step.in(1))
              .in(step.gradient());
      gradients.put(0, settings3d(input).out(0));
    }
    if (step.wants(1)) {
      RawOperation filter =
          step.op("Conv3DBackpropFilterV2")
              .in(step.in(0))
              .in(tf.shape(step.in(1)))
              .in(step.gradient());
      gradients.put(1, settings3d(filter).out(0));
    }
    return gradients;
  }

  /** A transposed convolution of volumes. */
  static Map<Integer, Operand<?>> transposed3d(OperationStep step) {
    Ops tf = step.tf();
    Map<Integer, Operand<?>> gradients = new LinkedHashMap<>();
    if (step.wants(1)) {
      RawOperation filter =
          step.op("Conv3DBackpropFilterV2")
              .in(step.gradient())
              .in(tf.shape(step.in(1)))
              .in(step.in(2));
      gradients.put(1, settings3d(filter).out(0));
    }
    if (step.wants(2)) {
      RawOperation input = step.op("Conv3D").in(step.gradient()).in(step.in(1));
      gradients.put(2, settings3d(input).out(0));
    }
    return gradients;
  }

  private static RawOperation settings3d(RawOperation operation) {
    return operation.like("strides", "padding", "data_format", "dilations");
  }

  /** Pooling with padding of its own. */
  static Map<Integer, Operand<?>> maxPool(OperationStep step) {
    return Map.of(
        0,
        step.op("MaxPoolGrad")
            .in(step.in(0))
            .in(step.out(0))
            .in(step.gradient())
            .like("ksize", "strides", "padding", "explicit_paddings", "data_format")
            .out(0));
  }

  /** Pooling that also tells the places of the largest numbers. */
  static Map<Integer, Operand<?>> maxPoolWithArgmax(OperationStep step) {
    return Map.of(
        0,
        step.op("MaxPoolGradWithArgmax")
            .in(step.in(0))
            .in(step.gradient())
            .in(step.operation().output(1))
            .like("ksize", "strides", "padding", "include_batch_in_index")
            .out(0));
  }

  /** Morphological dilation. */
  static Map<Integer, Operand<?>> dilation2d(OperationStep step) {
    Map<Integer, Operand<?>> gradients = new LinkedHashMap<>();
    for (int input = 0; input < 2; input++) {
      if (step.wants(input)) {
        gradients.put(
            input,
            step.op(input == 0 ? "Dilation2DBackpropInput" : "Dilation2DBackpropFilter")
                .in(step.in(0))
                .in(step.in(1))
                .in(step.gradient())
                .like("strides", "rates", "padding")
                .out(0));
      }
    }
    return gradients;
  }

  /** Patches are a convolution with a filter of ones and zeros. */
  static Map<Integer, Operand<?>> extractImagePatches(OperationStep step) {
    Ops tf = step.tf();
    long[] sizes = step.use().numbers("ksizes");
    long[] rates = step.use().numbers("rates");
    int window = Math.toIntExact(sizes[1] * sizes[2]);
    Operand<TInt32> channels =
        tf.slice(tf.shape(step.in(0)), tf.constant(new int[] {3}), tf.constant(new int[] {1}));
    Operand<TInt32> numbers = tf.math.mul(channels, tf.constant(window));
    Operand<TNumber> ones = tf.fill(numbers, step.constant(step.in(0), 1));
    Operand<TNumber> unit = tf.linalg.tensorDiag(ones);
    Operand<TInt32> shape =
        tf.concat(
            List.of(tf.constant(new int[] {(int) sizes[1], (int) sizes[2]}), channels, numbers),
            tf.constant(0));
    int[] apart = {(int) rates[1], (int) rates[2], 1, 1};
    Operand<TNumber> filter = FilterSpacing.spread(tf, tf.reshape(unit, shape), apart);
    return Map.of(
        0,
        step.op("Conv2DBackpropInput")
            .in(tf.shape(step.in(0)))
            .in(filter)
            .in(step.gradient())
            .like("strides", "padding")
            .out(0));
  }
}
