package io.github.tfkfac.factor;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Second moments of a dense layer {@code s = x·W + b}.
 *
 * <p><i>Shapes</i>: input {@code [N, ..., inputs]} and gradient {@code [N, ..., outputs]} with any
 * number of dimensions between; {@code inputSum} is {@code [inputs(+1), inputs(+1)]}, {@code
 * gradientSum} is {@code [outputs, outputs]}.
 *
 * @param inputs width of the input
 * @param outputs width of the output
 * @param bias whether the layer adds a bias
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
  public <T extends TNumber> SecondMoments<T> of(Ops tf, Operand<T> input, Operand<T> gradient) {
    Sums.requireLast("input", input, inputs);
    Sums.requireLast("output gradient", gradient, outputs);
    Operand<T> x = Sums.asRows(tf, input, inputs);
    Operand<T> g = Sums.asRows(tf, gradient, outputs);
    Operand<T> rows = Sums.count(tf, g, 0);
    Operand<T> inputSum = Sums.products(tf, x, x);
    if (bias == Bias.PRESENT) {
      inputSum = Sums.bordered(tf, inputSum, Sums.total(tf, x), tf.reshape(rows, tf.array(1, 1)));
    }
    return new SecondMoments<>(
        inputSum, Sums.products(tf, g, g), rows, Sums.count(tf, gradient, 0));
  }
}
