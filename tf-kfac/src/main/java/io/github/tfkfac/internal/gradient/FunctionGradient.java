package io.github.tfkfac.internal.gradient;

import io.github.tfkfac.internal.graph.OwnGradient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.OperationBuilder;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.OpDef;

/**
 * A derivative that the model brings along ({@code tf.custom_gradient}).
 *
 * <p>An IdentityN whose attribute {@value OwnGradient#FUNCTION} names a function of the graph's
 * library, with the results of a computation and then its arguments as inputs: the function takes
 * the gradients of all outputs, then the tensors named by {@value #CAPTURES}, and returns the
 * gradients of the arguments. The results get none.
 */
final class FunctionGradient {

  /** Attribute with names of tensors that the function takes besides gradients. */
  static final String CAPTURES = "_gradient_captures";

  private FunctionGradient() {}

  /** Whether an operation brings a derivative along. */
  static boolean isBrought(OperationUse use) {
    return OwnGradient.name(use.operation()).isPresent();
  }

  /** Whether an operation names a derivative that the graph does not have. */
  static boolean isLost(OperationUse use) {
    return isBrought(use) && OwnGradient.function(use.operation()).isEmpty();
  }

  /** Calls the function. */
  static Map<Integer, Operand<?>> call(OperationStep step) {
    GraphOperation operation = step.operation();
    String name = OwnGradient.name(operation).orElseThrow();
    ConcreteFunction function = OwnGradient.function(operation).orElseThrow();
    List<Output<?>> arguments = new ArrayList<>();
    for (int i = 0; i < operation.numOutputs(); i++) {
      Output<?> arrived = step.arrived().get(i);
      arguments.add(arrived == null ? zeros(step.tf(), operation.output(i)) : arrived);
    }
    OwnGradient.attribute(operation, CAPTURES)
        .ifPresent(
            captures ->
                captures
                    .getList()
                    .getSList()
                    .forEach(
                        text -> arguments.add(operation.env().outputOrThrow(text.toStringUtf8()))));
    OpDef signature = function.getFunctionDef().getSignature();
    int gradients = signature.getOutputArgCount();
    int results = operation.numInputs() - gradients;
    if (signature.getInputArgCount() != arguments.size() || results < 0) {
      throw new GradientException(
          "expected the gradient function '%s' of IdentityN '%s' to take %d tensors and to return at most %d, found %d and %d"
              .formatted(
                  name,
                  operation.name(),
                  arguments.size(),
                  operation.numInputs(),
                  signature.getInputArgCount(),
                  gradients));
    }
    String type = function.isStateful() ? "StatefulPartitionedCall" : "PartitionedCall";
    OperationBuilder call =
        step.tf()
            .scope()
            .opBuilder(type, type)
            .addInputList(arguments.toArray(Output<?>[]::new))
            .setAttr("Tin", types(signature.getInputArgList()))
            .setAttr("Tout", types(signature.getOutputArgList()))
            .setAttr(
                "f",
                AttrValue.newBuilder().setFunc(NameAttrList.newBuilder().setName(name)).build());
    Operation called = call.build();
    Map<Integer, Operand<?>> found = new LinkedHashMap<>();
    for (int i = 0; i < gradients; i++) {
      found.put(results + i, called.output(i));
    }
    return found;
  }

  private static Output<?> zeros(Ops tf, Output<?> output) {
    return tf.scope().opBuilder("ZerosLike", "ZerosLike").addInput(output).build().output(0);
  }

  private static DataType[] types(List<OpDef.ArgDef> arguments) {
    return arguments.stream().map(OpDef.ArgDef::getType).toArray(DataType[]::new);
  }
}
