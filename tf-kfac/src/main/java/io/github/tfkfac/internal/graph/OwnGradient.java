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
public final class OwnGradient {

  /** Attribute with the function's name. */
  public static final String FUNCTION = "_gradient_op_type";

  private static final String TYPE = "IdentityN";

  private OwnGradient() {}

  /** Number of an operation's first inputs that pass no gradient on, though their type could. */
  public static int inputsWithout(GraphOperation operation) {
    return operation.type().equals(TYPE)
        ? function(operation)
            .map(
                function ->
                    operation.numInputs()
                        - function.getFunctionDef().getSignature().getOutputArgCount())
            .orElse(0)
        : 0;
  }

  /** The name of the derivative, if the operation brings one along. */
  public static Optional<String> name(GraphOperation operation) {
    return attribute(operation, FUNCTION).map(value -> value.getS().toStringUtf8());
  }

  /** The derivative, if the operation names one that the graph has. */
  public static Optional<ConcreteFunction> function(GraphOperation operation) {
    return name(operation).map(operation.env()::getFunction);
  }

  public static Optional<AttrValue> attribute(GraphOperation operation, String name) {
    try {
      return Optional.of(operation.attributes().getAttrValueProto(name));
    } catch (TensorFlowException | IllegalArgumentException absent) {
      return Optional.empty();
    }
  }
}
