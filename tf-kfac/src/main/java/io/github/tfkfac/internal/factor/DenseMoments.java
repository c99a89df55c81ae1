package io.github.tfkfac.internal.factor;

import io.github.tfkfac.extension.SecondMoments;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Second moments of a dense layer {@code s = x·W + b}.
 *
 * <p><i>Shapes</i>: input {@code [N, ..., inputs]} and gradient {@code [N, ..., outputs]} with any
 * number of dimensions between; {@code inputSum} is {@code [inputs(+1), inputs(+1)]}, {@code
 * gradientSum} is {@code [outputs, outputs]}, in full.
 */
public record DenseMoments(int inputs, int outputs, Bias bias) implements LayerMoments {

  public DenseMoments {
    if (inputs <= 0 || outputs <= 0) {
      throw new IllegalArgumentException(
          "expected a dense layer with positive widths, found inputs %d and outputs %d"
              .formatted(inputs, outputs));
    }
  }

  @Override
  public <T extends TNumber> SecondMoments<T> of(
      Ops tf, Operand<T> input, Operand<T> gradient, Kept kept) {
    Sums.requireLast("input", input, inputs);
    Sums.requireLast("output gradient", gradient, outputs);
    Operand<T> g = Sums.asRows(tf, gradient, outputs);
    Operand<T> rows = Sums.count(tf, g, 0);
    Operand<T> examples = g == gradient ? rows : Sums.count(tf, gradient, 0);
    return new SecondMoments<>(
        Sums.kept(tf, Sums.asRows(tf, input, inputs), bias, kept.input()),
        Sums.kept(tf, g, kept.gradient()),
        rows,
        examples);
  }

  @Override
  public <T extends TNumber> LayerRows<T> reduced(Ops tf, Operand<T> input, Operand<T> gradient) {
    Operand<TInt32> examples = Sums.size(tf, gradient, 0);
    Operand<T> x = Sums.byExample(tf, input, examples, inputs);
    Operand<T> g = Sums.byExample(tf, gradient, examples, outputs);
    return LayerRows.of(
        tf, tf.math.mean(x, tf.constant(1)), bias, Sums.overPositions(tf, g), Sums.count(tf, g, 1));
  }
}
