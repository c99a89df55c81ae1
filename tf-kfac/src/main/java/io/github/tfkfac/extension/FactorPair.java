package io.github.tfkfac.extension;

import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/**
 * A number (or several) for each of a layer's two factors.
 *
 * @param input of the input factor A
 * @param output of the output-gradient factor G
 */
public record FactorPair<T extends TNumber>(Operand<T> input, Operand<T> output) {

  /** A function of both numbers, built once where both are the same operand. */
  public FactorPair<T> map(UnaryOperator<Operand<T>> function) {
    Operand<T> ofInput = function.apply(input);
    return new FactorPair<>(ofInput, output == input ? ofInput : function.apply(output));
  }
}
