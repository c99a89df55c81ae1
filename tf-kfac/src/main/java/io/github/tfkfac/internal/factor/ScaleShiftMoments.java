package io.github.tfkfac.internal.factor;

import io.github.tfkfac.extension.FactorStructure.Identity;
import io.github.tfkfac.extension.SecondMoments;
import io.github.tfkfac.extension.Standardization;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Second moments of a scale and shift {@code y = gamma x̂ + beta}: for every channel those of its
 * gradients per example, the pairs {@code (Σ g x̂, Σ g)} over the positions of the example.
 *
 * <p><i>Shapes</i>: input and gradient {@code [N, ..., channels]}; {@code inputSum} is {@code
 * [channels, 2, 2]}, {@code [channels, 1, 1]} without a shift; nothing is kept of the gradient.
 * <i>Scale</i>: sums over the N examples, which are the rows; the gradient is taken as it comes.
 * <i>Source</i>: the unit-wise Fisher of Osawa et al. 2019.
 *
 * @param channels length of gamma
 * @param standardization what makes x̂ of the input; the gradient's way through the batch's mean
 *     and variance is not part of a channel's own gradient
 * @param bias whether there is a beta
 */
public record ScaleShiftMoments(int channels, Standardization standardization, Bias bias)
    implements LayerMoments {

  public ScaleShiftMoments {
    if (channels <= 0) {
      throw new IllegalArgumentException(
          "expected a scale and shift of channels > 0, found " + channels);
    }
  }

  @Override
  public <T extends TNumber> SecondMoments<T> of(
      Ops tf, Operand<T> input, Operand<T> gradient, Kept kept) {
    if (!(kept.gradient() instanceof Identity)) {
      throw Sums.unfit("the identity", kept.gradient());
    }
    Operand<T> rows = gradients(tf, input, byExample(tf, input, gradient));
    Operand<T> examples = Sums.count(tf, rows, 0);
    return new SecondMoments<>(
        Sums.kept(tf, rows, kept.input()), Sums.nothing(tf, gradient.type()), examples, examples);
  }

  /** The gradients per example as input rows, with 1 as output gradient. */
  @Override
  public <T extends TNumber> LayerRows<T> reduced(Ops tf, Operand<T> input, Operand<T> gradient) {
    Operand<T> g = byExample(tf, input, gradient);
    Operand<TInt32> shape =
        tf.stack(List.of(Sums.size(tf, g, 0), tf.constant(channels), tf.constant(1)));
    Operand<T> ones = tf.fill(shape, tf.constantOfSameType(gradient, 1));
    return LayerRows.of(tf, gradients(tf, input, g), Bias.ABSENT, ones, Sums.count(tf, g, 1));
  }

  private <T extends TNumber> Operand<T> byExample(Ops tf, Operand<T> input, Operand<T> values) {
    Sums.requireLast("input", input, channels);
    Sums.requireLast("output gradient", values, channels);
    return Sums.byExample(tf, values, Sums.size(tf, input, 0), channels);
  }

  /** {@code [N, channels, 2]}, or 1 without a shift. */
  private <T extends TNumber> Operand<T> gradients(Ops tf, Operand<T> input, Operand<T> g) {
    Operand<T> x = byExample(tf, input, standardized(tf, input));
    Operand<T> ofScale = Sums.overPositions(tf, tf.math.mul(g, x));
    List<Operand<T>> entries =
        bias == Bias.PRESENT ? List.of(ofScale, Sums.overPositions(tf, g)) : List.of(ofScale);
    return tf.reshape(
        tf.stack(entries, org.tensorflow.op.core.Stack.axis(-1L)),
        tf.array(-1, channels, entries.size()));
  }

  private <T extends TNumber> Operand<T> standardized(Ops tf, Operand<T> input) {
    if (!(standardization instanceof Standardization.ByBatch byBatch)) {
      return input;
    }
    Operand<T> rows = Sums.asRows(tf, input, channels);
    Operand<T> mean = tf.math.mean(rows, tf.constant(0));
    Operand<T> variance = tf.math.mean(tf.math.squaredDifference(rows, mean), tf.constant(0));
    Operand<T> epsilon = tf.constantOfSameType(input, byBatch.epsilon());
    return tf.math.mul(tf.math.sub(input, mean), tf.math.rsqrt(tf.math.add(variance, epsilon)));
  }
}
