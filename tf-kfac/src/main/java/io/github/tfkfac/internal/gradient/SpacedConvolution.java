package io.github.tfkfac.internal.gradient;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * The derivative of a dilated convolution of stride 1, by cutting images into interleaved ones that
 * a convolution without dilation goes over.
 *
 * @param step the convolution
 * @param block the dilation along height and width
 * @param margins {@code [2, 2]}: the padding, filled up to whole blocks
 * @param surplus {@code [2, 2]}: by how much it was filled up
 */
record SpacedConvolution(
    OperationStep step, Operand<TInt32> block, Operand<TInt32> margins, Operand<TInt32> surplus) {

  static SpacedConvolution of(OperationStep step) {
    Ops tf = step.tf();
    long[] dilations = step.use().numbers("dilations");
    int[] block = {(int) dilations[1], (int) dilations[2]};
    Operand<TInt32> apart = tf.constant(block);
    Operand<TInt32> zero = tf.zerosLike(apart);
    Operand<TInt32> before = zero;
    Operand<TInt32> after = zero;
    String padding = step.use().text("padding");
    if (padding.equals("EXPLICIT")) {
      long[] explicit = step.use().numbers("explicit_paddings");
      before = tf.constant(new int[] {(int) explicit[2], (int) explicit[4]});
      after = tf.constant(new int[] {(int) explicit[3], (int) explicit[5]});
    } else if (padding.equals("SAME")) {
      Operand<TInt32> reach =
          tf.math.mul(tf.math.sub(sides(tf, step.in(1), 0), tf.onesLike(apart)), apart);
      before = tf.math.floorDiv(reach, tf.constant(2));
      after = tf.math.sub(reach, before);
    }
    Operand<TInt32> padded = tf.math.add(tf.math.add(sides(tf, step.in(0), 1), before), after);
    Operand<TInt32> extra = tf.math.floorMod(tf.math.neg(padded), apart);
    return new SpacedConvolution(
        step, apart, pairs(tf, before, tf.math.add(after, extra)), pairs(tf, zero, extra));
  }

  private static Operand<TInt32> sides(Ops tf, Operand<TNumber> value, int first) {
    return tf.slice(tf.shape(value), tf.constant(new int[] {first}), tf.constant(new int[] {2}));
  }

  private static Operand<TInt32> pairs(Ops tf, Operand<TInt32> first, Operand<TInt32> second) {
    return tf.linalg.transpose(tf.stack(List.of(first, second)), tf.constant(new int[] {1, 0}));
  }

  Map<Integer, Operand<?>> gradients() {
    Ops tf = step.tf();
    Operand<TNumber> input = tf.spaceToBatchNd(step.in(0), block, margins);
    Operand<TNumber> gradient = tf.spaceToBatchNd(step.gradient(), block, surplus);
    ChannelGroups groups = ChannelGroups.of(step);
    Map<Integer, Operand<?>> gradients = new LinkedHashMap<>();
    if (step.wants(0)) {
      Operand<TNumber> cut =
          groups.input(tf.shape(input), step.in(1), gradient, SpacedConvolution::settings);
      gradients.put(0, tf.batchToSpaceNd(cut, block, margins));
    }
    if (step.wants(1)) {
      gradients.put(
          1, groups.filter(input, tf.shape(step.in(1)), gradient, SpacedConvolution::settings));
    }
    return gradients;
  }

  private static RawOperation settings(RawOperation operation) {
    return operation.numbers("strides", 1, 1, 1, 1).text("padding", "VALID");
  }
}
