package io.github.tfkfac.internal.gradient;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * The two derivatives of a convolution of images, each group of channels for itself where
 * TensorFlow cannot take them together: in float64, on a CPU.
 *
 * @param step the convolution
 * @param groups how many are taken one by one; 1 for all together
 */
record ChannelGroups(OperationStep step, int groups) {

  /** Whether TensorFlow has no derivative because of the groups. */
  static boolean areApart(OperationUse use) {
    return use.input(0).dataType() == DataType.DT_DOUBLE
        && use.text("data_format").equals("NHWC")
        && count(use) > 1;
  }

  private static int count(OperationUse use) {
    Shape input = use.input(0).shape();
    Shape filter = use.input(1).shape();
    boolean known =
        !input.isUnknown() && !filter.isUnknown() && input.get(3) > 0 && filter.get(2) > 0;
    return known ? (int) (input.get(3) / filter.get(2)) : 1;
  }

  static ChannelGroups of(OperationStep step) {
    return new ChannelGroups(step, areApart(step.use()) ? count(step.use()) : 1);
  }

  /**
   * The derivative by the input.
   *
   * @param shape the input's
   * @param settings how the convolution goes over it
   */
  Operand<TNumber> input(
      Operand<TInt32> shape,
      Operand<TNumber> filter,
      Operand<TNumber> gradient,
      UnaryOperator<RawOperation> settings) {
    Ops tf = step.tf();
    if (groups == 1) {
      RawOperation whole = step.op("Conv2DBackpropInput").in(shape).in(filter).in(gradient);
      return settings.apply(whole).out(0);
    }
    Operand<TInt32> part =
        tf.concat(
            List.of(
                tf.slice(shape, tf.array(0), tf.array(3)),
                tf.slice(tf.shape(filter), tf.array(2), tf.array(1))),
            tf.constant(0));
    List<Operand<TNumber>> filters = parts(filter);
    List<Operand<TNumber>> gradients = parts(gradient);
    List<Operand<TNumber>> found = new ArrayList<>();
    for (int i = 0; i < groups; i++) {
      RawOperation one =
          step.op("Conv2DBackpropInput").in(part).in(filters.get(i)).in(gradients.get(i));
      found.add(settings.apply(one).out(0));
    }
    return tf.concat(found, tf.constant(3));
  }

  /**
   * The derivative by the filter.
   *
   * @param shape the filter's
   * @param settings how the convolution goes over the input
   */
  Operand<TNumber> filter(
      Operand<TNumber> input,
      Operand<TInt32> shape,
      Operand<TNumber> gradient,
      UnaryOperator<RawOperation> settings) {
    Ops tf = step.tf();
    if (groups == 1) {
      RawOperation whole = step.op("Conv2DBackpropFilter").in(input).in(shape).in(gradient);
      return settings.apply(whole).out(0);
    }
    Operand<TInt32> part = tf.math.div(shape, tf.array(1, 1, 1, groups));
    List<Operand<TNumber>> inputs = parts(input);
    List<Operand<TNumber>> gradients = parts(gradient);
    List<Operand<TNumber>> found = new ArrayList<>();
    for (int i = 0; i < groups; i++) {
      RawOperation one =
          step.op("Conv2DBackpropFilter").in(inputs.get(i)).in(part).in(gradients.get(i));
      found.add(settings.apply(one).out(0));
    }
    return tf.concat(found, tf.constant(3));
  }

  private List<Operand<TNumber>> parts(Operand<TNumber> value) {
    return List.copyOf(step.tf().split(step.tf().constant(3), value, (long) groups).output());
  }
}
