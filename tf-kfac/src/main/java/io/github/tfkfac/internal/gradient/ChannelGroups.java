package io.github.tfkfac.internal.gradient;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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
 * @param settings how it goes over an input
 * @param groups how many are taken one by one; 1 for all together
 */
record ChannelGroups(OperationStep step, UnaryOperator<RawOperation> settings, int groups) {

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

  static ChannelGroups of(OperationStep step, UnaryOperator<RawOperation> settings) {
    return new ChannelGroups(step, settings, areApart(step.use()) ? count(step.use()) : 1);
  }

  /** Both derivatives of a convolution of these operands, of those that are wanted. */
  Map<Integer, Operand<?>> gradients(
      Operand<TNumber> input, Operand<TNumber> filter, Operand<TNumber> gradient) {
    return step.wanted(
        0,
        () -> input(step.tf().shape(input), filter, gradient),
        1,
        () -> filter(input, step.tf().shape(filter), gradient));
  }

  /** The derivative by an input of a shape. */
  Operand<TNumber> input(
      Operand<TInt32> shape, Operand<TNumber> filter, Operand<TNumber> gradient) {
    Ops tf = step.tf();
    Operand<TInt32> part =
        groups == 1
            ? shape
            : tf.concat(
                List.of(
                    tf.slice(shape, tf.array(0), tf.array(3)),
                    tf.slice(tf.shape(filter), tf.array(2), tf.array(1))),
                tf.constant(0));
    return joined("Conv2DBackpropInput", same(part), parts(filter), parts(gradient));
  }

  /** The derivative by a filter of a shape. */
  Operand<TNumber> filter(
      Operand<TNumber> input, Operand<TInt32> shape, Operand<TNumber> gradient) {
    Ops tf = step.tf();
    Operand<TInt32> part = groups == 1 ? shape : tf.math.div(shape, tf.array(1, 1, 1, groups));
    return joined("Conv2DBackpropFilter", parts(input), same(part), parts(gradient));
  }

  private Operand<TNumber> joined(
      String type,
      List<? extends Operand<?>> first,
      List<? extends Operand<?>> second,
      List<? extends Operand<?>> third) {
    List<Operand<TNumber>> found = new ArrayList<>();
    for (int i = 0; i < groups; i++) {
      found.add(settings.apply(step.op(type).in(first.get(i), second.get(i), third.get(i))).out(0));
    }
    return groups == 1 ? found.get(0) : step.tf().concat(found, step.tf().constant(3));
  }

  private <V> List<V> same(V value) {
    return Collections.nCopies(groups, value);
  }

  private List<Operand<TNumber>> parts(Operand<TNumber> value) {
    return groups == 1
        ? List.of(value)
        : List.copyOf(step.tf().split(step.tf().constant(3), value, (long) groups).output());
  }
}
