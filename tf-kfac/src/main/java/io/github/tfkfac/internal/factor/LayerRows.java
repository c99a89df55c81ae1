package io.github.tfkfac.internal.factor;

import io.github.tfkfac.extension.Tap;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * A layer's inputs and output gradients with the positions of an example reduced to one row.
 *
 * <p><i>Scale</i>: inputs are means over the positions, with a 1 as last entry when there is a
 * bias; gradients are sums over them, of the loss as it comes.
 *
 * @param input {@code [rows, inputSize]}; {@code [rows, groups, inputSize]} for a layer of several
 *     groups
 * @param gradient {@code [rows, outputSize]}; {@code [rows, groups, outputSize]}
 * @param positions {@code [rows]}, how many positions a row stands for
 */
public record LayerRows<T extends TNumber>(
    Operand<T> input, Operand<T> gradient, Operand<T> positions) {

  /** The rows of a layer, those of several uses of its weight one use after the other. */
  public static <T extends TNumber> LayerRows<T> of(Ops tf, Tap<T> tap) {
    LayerMoments moments = LayerMoments.of(tap.site());
    return tap.flows().stream()
        .map(flow -> moments.reduced(tf, tap.input(tf, flow), tap.gradient(tf, flow)))
        .reduce((first, second) -> first.then(tf, second))
        .orElseThrow(
            () -> new IllegalStateException("layer '" + tap.site().name() + "' has no uses"));
  }

  /**
   * The rows of one use of a weight.
   *
   * @param means {@code [N, ..., size]} without the bias entry
   * @param positions how many every example has, a scalar
   */
  static <T extends TNumber> LayerRows<T> of(
      Ops tf, Operand<T> means, Bias bias, Operand<T> gradient, Operand<T> positions) {
    Operand<T> input = means;
    if (bias == Bias.PRESENT) {
      int[][] margins = new int[means.shape().numDimensions()][2];
      margins[margins.length - 1][1] = 1;
      input = tf.pad(means, tf.constant(margins), tf.constantOfSameType(means, 1));
    }
    Operand<TInt32> rows = tf.reshape(Sums.size(tf, gradient, 0), tf.array(1));
    return new LayerRows<>(input, gradient, tf.fill(rows, positions));
  }

  /** The rows of another use of the weight after these. */
  private LayerRows<T> then(Ops tf, LayerRows<T> other) {
    return new LayerRows<>(
        joined(tf, input, other.input),
        joined(tf, gradient, other.gradient),
        joined(tf, positions, other.positions));
  }

  private static <T extends TNumber> Operand<T> joined(Ops tf, Operand<T> a, Operand<T> b) {
    return tf.concat(List.of(a, b), tf.constant(0));
  }
}
