package io.github.tfkfac.internal.gradient;

import java.util.List;
import java.util.Map;
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
    if (step.use().text("data_format").equals("NHWC")) {
      if (isDilated(step.use())) {
        return DilatedConvolution.gradients(step);
      }
      if (isPaddedExplicitly(step.use())) {
        return padded(step);
      }
    }
    return ChannelGroups.of(step, operation -> settings(operation).like("dilations"))
        .gradients(step.in(0), step.in(1), step.gradient());
  }

  /** Whether the margins are numbers of the operation. */
  static boolean isPaddedExplicitly(OperationUse use) {
    return use.text("padding").equals("EXPLICIT");
  }

  /**
   * The derivatives for the padded input: on CPUs with oneDNN, TensorFlow 2.18's kernels with
   * explicit paddings take up to 2.5 times as long as those without.
   */
  private static Map<Integer, Operand<?>> padded(OperationStep step) {
    Ops tf = step.tf();
    long[] margins = step.use().numbers("explicit_paddings");
    int[][] pairs = new int[4][2];
    int[] before = new int[4];
    for (int axis = 0; axis < 4; axis++) {
      before[axis] = (int) margins[2 * axis];
      pairs[axis] = new int[] {before[axis], (int) margins[2 * axis + 1]};
    }
    Operand<TNumber> input = tf.pad(step.in(0), tf.constant(pairs), step.constant(step.in(0), 0));
    ChannelGroups groups =
        ChannelGroups.of(step, operation -> operation.like("strides").text("padding", "VALID"));
    return step.wanted(
        0,
        () ->
            tf.slice(
                groups.input(tf.shape(input), step.in(1), step.gradient()),
                tf.constant(before),
                tf.shape(step.in(0))),
        1,
        () -> groups.filter(input, tf.shape(step.in(1)), step.gradient()));
  }

  static RawOperation settings(RawOperation operation) {
    return operation.like("strides", "padding", "explicit_paddings", "data_format");
  }

  /** The derivative by the filter, differentiated: linear in the input and in the gradient. */
  static Map<Integer, Operand<?>> backpropFilter2d(OperationStep step) {
    return step.wanted(
        0,
        () -> {
          RawOperation input = step.op("Conv2DBackpropInput");
          input.in(step.tf().shape(step.in(0)), step.gradient(), step.in(2));
          return settings(input).like("dilations").out(0);
        },
        2,
        () -> settings(step.op("Conv2D").in(step.in(0), step.gradient())).like("dilations").out(0));
  }

  /** A convolution of volumes. */
  static Map<Integer, Operand<?>> convolution3d(OperationStep step) {
    Ops tf = step.tf();
    return step.wanted(
        0,
        () ->
            volumes(
                step.op("Conv3DBackpropInputV2"),
                tf.shape(step.in(0)),
                step.in(1),
                step.gradient()),
        1,
        () ->
            volumes(
                step.op("Conv3DBackpropFilterV2"),
                step.in(0),
                tf.shape(step.in(1)),
                step.gradient()));
  }

  /** A transposed convolution of volumes. */
  static Map<Integer, Operand<?>> transposed3d(OperationStep step) {
    Ops tf = step.tf();
    return step.wanted(
        1,
        () ->
            volumes(
                step.op("Conv3DBackpropFilterV2"),
                step.gradient(),
                tf.shape(step.in(1)),
                step.in(2)),
        2,
        () -> volumes(step.op("Conv3D"), step.gradient(), step.in(1)));
  }

  private static Operand<?> volumes(RawOperation operation, Operand<?>... inputs) {
    return operation.in(inputs).like("strides", "padding", "data_format", "dilations").out(0);
  }

  /** Pooling with padding of its own. */
  static Operand<?> maxPool(OperationStep step) {
    return step.op("MaxPoolGrad")
        .in(step.in(0), step.out(0), step.gradient())
        .like("ksize", "strides", "padding", "explicit_paddings", "data_format")
        .out(0);
  }

  /** Pooling that also tells the places of the largest numbers. */
  static Operand<?> maxPoolWithArgmax(OperationStep step) {
    return step.op("MaxPoolGradWithArgmax")
        .in(step.in(0), step.gradient(), step.operation().output(1))
        .like("ksize", "strides", "padding", "include_batch_in_index")
        .out(0);
  }

  /** Morphological dilation. */
  static Map<Integer, Operand<?>> dilation2d(OperationStep step) {
    return step.wanted(
        0,
        () -> morphological(step, "Dilation2DBackpropInput"),
        1,
        () -> morphological(step, "Dilation2DBackpropFilter"));
  }

  private static Operand<?> morphological(OperationStep step, String type) {
    RawOperation derivative = step.op(type).in(step.in(0), step.in(1), step.gradient());
    return derivative.like("strides", "rates", "padding").out(0);
  }

  /** Patches are a convolution with a filter of ones and zeros. */
  static Operand<?> extractImagePatches(OperationStep step) {
    Ops tf = step.tf();
    long[] sizes = step.use().numbers("ksizes");
    long[] rates = step.use().numbers("rates");
    int window = Math.toIntExact(sizes[1] * sizes[2]);
    Operand<TInt32> channels = tf.slice(tf.shape(step.in(0)), tf.array(3), tf.array(1));
    Operand<TInt32> numbers = tf.math.mul(channels, tf.constant(window));
    Operand<TNumber> ones = tf.fill(numbers, step.constant(step.in(0), 1));
    Operand<TNumber> unit = tf.linalg.tensorDiag(ones);
    Operand<TInt32> shape =
        tf.concat(
            List.of(tf.array((int) sizes[1], (int) sizes[2]), channels, numbers), tf.constant(0));
    int[] apart = {(int) rates[1], (int) rates[2], 1, 1};
    Operand<TNumber> filter = DilatedConvolution.spread(tf, tf.reshape(unit, shape), apart);
    return step.op("Conv2DBackpropInput")
        .in(tf.shape(step.in(0)), filter, step.gradient())
        .like("strides", "padding")
        .out(0);
  }
}
