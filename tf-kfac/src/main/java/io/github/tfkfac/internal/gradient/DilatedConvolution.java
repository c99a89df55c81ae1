package io.github.tfkfac.internal.gradient;

import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * The derivatives of a dilated convolution of images with channels last: at stride 1 by cutting the
 * images into interleaved ones, otherwise by putting the filter's taps apart by zeros; a
 * convolution without dilation goes over either.
 */
final class DilatedConvolution {

  private DilatedConvolution() {}

  static Map<Integer, Operand<?>> gradients(OperationStep step) {
    long[] strides = step.use().numbers("strides");
    long[] dilations = step.use().numbers("dilations");
    int height = (int) dilations[1];
    int width = (int) dilations[2];
    return strides[1] == 1 && strides[2] == 1
        ? interleaved(step, new int[] {height, width})
        : spread(step, new int[] {height, width, 1, 1});
  }

  private static Map<Integer, Operand<?>> spread(OperationStep step, int[] apart) {
    Ops tf = step.tf();
    Operand<TNumber> filter = spread(tf, step.in(1), apart);
    ChannelGroups groups = ChannelGroups.of(step, ConvolutionRules::settings);
    return step.wanted(
        0,
        () -> groups.input(tf.shape(step.in(0)), filter, step.gradient()),
        1,
        () -> {
          Operand<TNumber> all = groups.filter(step.in(0), tf.shape(filter), step.gradient());
          Operand<TInt32> shape = tf.shape(step.in(1));
          Operand<TInt32> none = tf.zerosLike(shape);
          return tf.reshape(tf.stridedSlice(all, none, tf.shape(all), tf.constant(apart)), shape);
        });
  }

  /**
   * Puts entries apart.
   *
   * @param apart the distance of neighbors along each axis of the filter
   */
  static Operand<TNumber> spread(Ops tf, Operand<TNumber> filter, int[] apart) {
    int rank = apart.length;
    Operand<TInt32> shape = tf.shape(filter);
    int[][] margins = new int[2 * rank][2];
    for (int i = 0; i < rank; i++) {
      margins[2 * i + 1][1] = apart[i] - 1;
    }
    // Every axis gets one of length 1 beside it, which grows to the distance.
    Operand<TInt32> ones = tf.onesLike(shape);
    Operand<TInt32> paired = tf.reshape(pairs(tf, shape, ones), tf.array(-1));
    Operand<TNumber> grown =
        tf.pad(
            tf.reshape(filter, paired),
            tf.constant(margins),
            tf.dtypes.cast(tf.constant(0.0), filter.type()));
    Operand<TInt32> distances = tf.constant(apart);
    Operand<TNumber> joined = tf.reshape(grown, tf.math.mul(shape, distances));
    return tf.slice(
        joined,
        tf.zerosLike(shape),
        tf.math.add(tf.math.mul(tf.math.sub(shape, ones), distances), ones));
  }

  /** Images cut into interleaved ones, which are filled up to whole blocks. */
  private static Map<Integer, Operand<?>> interleaved(OperationStep step, int[] block) {
    Ops tf = step.tf();
    Operand<TInt32> apart = tf.constant(block);
    Operand<TInt32> zero = tf.zerosLike(apart);
    Operand<TInt32> before = zero;
    Operand<TInt32> after = zero;
    String padding = step.use().text("padding");
    if (padding.equals("EXPLICIT")) {
      long[] explicit = step.use().numbers("explicit_paddings");
      before = tf.array((int) explicit[2], (int) explicit[4]);
      after = tf.array((int) explicit[3], (int) explicit[5]);
    } else if (padding.equals("SAME")) {
      Operand<TInt32> reach =
          tf.math.mul(tf.math.sub(sides(tf, step.in(1), 0), tf.onesLike(apart)), apart);
      before = tf.math.floorDiv(reach, tf.constant(2));
      after = tf.math.sub(reach, before);
    }
    Operand<TInt32> padded = tf.math.add(tf.math.add(sides(tf, step.in(0), 1), before), after);
    Operand<TInt32> extra = tf.math.floorMod(tf.math.neg(padded), apart);
    Operand<TInt32> margins = pairs(tf, before, tf.math.add(after, extra));
    Operand<TInt32> surplus = pairs(tf, zero, extra);
    Operand<TNumber> input = tf.spaceToBatchNd(step.in(0), apart, margins);
    Operand<TNumber> gradient = tf.spaceToBatchNd(step.gradient(), apart, surplus);
    ChannelGroups groups =
        ChannelGroups.of(
            step, operation -> operation.numbers("strides", 1, 1, 1, 1).text("padding", "VALID"));
    return step.wanted(
        0,
        () ->
            tf.batchToSpaceNd(groups.input(tf.shape(input), step.in(1), gradient), apart, margins),
        1,
        () -> groups.filter(input, tf.shape(step.in(1)), gradient));
  }

  private static Operand<TInt32> sides(Ops tf, Operand<TNumber> value, int first) {
    return tf.slice(tf.shape(value), tf.array(first), tf.array(2));
  }

  private static Operand<TInt32> pairs(Ops tf, Operand<TInt32> first, Operand<TInt32> second) {
    return tf.linalg.transpose(tf.stack(List.of(first, second)), tf.array(1, 0));
  }
}
