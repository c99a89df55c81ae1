package io.github.tfkfac.internal.gradient;

import java.util.Map;
import java.util.function.Function;
import org.tensorflow.Operand;

/** The derivative of a kind of operation, as a function that adds it to the graph. */
@FunctionalInterface
interface GradientRule {

  /**
   * The gradients of the operation's inputs, by position; what is missing has none.
   *
   * <p><i>Shapes</i>: those of the inputs.
   */
  Map<Integer, Operand<?>> gradients(OperationStep step);

  /** The rule of operations of which the first input alone has a gradient. */
  static GradientRule ofFirst(Function<OperationStep, Operand<?>> gradient) {
    return step -> Map.of(0, gradient.apply(step));
  }
}
