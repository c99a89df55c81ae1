package io.github.tfkfac.internal.gradient;

import java.util.Map;
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
}
