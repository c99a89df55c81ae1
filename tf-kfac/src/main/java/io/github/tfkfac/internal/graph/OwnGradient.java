package io.github.tfkfac.internal.graph;

import java.util.Optional;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.GraphOperation;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.AttrValue;

/**
 * Operations whose derivative is a function of the graph's library ({@code tf.custom_gradient}).
 *
 * <p>The function returns the gradients of the operation's last inputs; those before them, the
 * results of the computation, get none, whatever it is made of.
 */
final class OwnGradient {

  private static final String MARK = "_gradient_op_type";
  private static final String TYPE = "IdentityN";

  private OwnGradient() {}

  /** Number of an operation's first inputs that pass no gradient on. */
  static int inputsWithout(GraphOperation operation) {
    return operation.type().equals(TYPE)
        ? function(operation)
            .map(
                function ->
                    operation.numInputs()
                        - function.getFunctionDef().getSignature().getOutputArgCount())
            .orElse(0)
        : 0;
  }

  private static Optional<ConcreteFunction> function(GraphOperation operation) {
    try {
      AttrValue mark = operation.attributes().getAttrValueProto(MARK);
      return Optional.ofNullable(operation.env().getFunction(mark.getS().toStringUtf8()));
    } catch (TensorFlowException | IllegalArgumentException absent) {
      return Optional.empty();
    }
  }
}
