package io.github.tfkfac.tools.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.KernelDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/**
 * Tensors that an operation takes and gives.
 *
 * @param inputs in the operation's order
 * @param outputs in the operation's order
 */
record Signature(List<Argument> inputs, List<Argument> outputs) {

  Signature {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /**
   * One tensor.
   *
   * @param name of the argument that it belongs to
   * @param type of its values
   * @param reference whether it is a variable's own memory
   */
  record Argument(String name, DataType type, boolean reference) {
    private static final Set<DataType> NEVER_ON_DEVICE =
        Set.of(DataType.DT_STRING, DataType.DT_RESOURCE);

    /** Whether it ties the operation to the one that made it: a variable or its handle. */
    boolean isVariable() {
      return reference || type == DataType.DT_RESOURCE;
    }

    /** Whether it lies in main memory though the operation runs on a GPU. */
    boolean onHost(KernelDef kernel) {
      return kernel.getHostMemoryArgList().contains(name) || NEVER_ON_DEVICE.contains(type);
    }
  }

  static Signature of(NodeDef node, OpDef operation) {
    return new Signature(
        arguments(operation.getInputArgList(), node, operation),
        arguments(operation.getOutputArgList(), node, operation));
  }

  private static List<Argument> arguments(
      List<OpDef.ArgDef> definitions, NodeDef node, OpDef operation) {
    List<Argument> arguments = new ArrayList<>();
    for (OpDef.ArgDef definition : definitions) {
      for (DataType type : types(definition, node, operation)) {
        arguments.add(new Argument(definition.getName(), type, definition.getIsRef()));
      }
    }
    return arguments;
  }

  private static List<DataType> types(OpDef.ArgDef definition, NodeDef node, OpDef operation) {
    if (!definition.getTypeListAttr().isEmpty()) {
      return attribute(node, operation, definition.getTypeListAttr()).getList().getTypeList();
    }
    DataType type =
        definition.getTypeAttr().isEmpty()
            ? definition.getType()
            : attribute(node, operation, definition.getTypeAttr()).getType();
    long count =
        definition.getNumberAttr().isEmpty()
            ? 1
            : attribute(node, operation, definition.getNumberAttr()).getI();
    List<DataType> types = new ArrayList<>();
    for (long at = 0; at < count; at++) {
      types.add(type);
    }
    return types;
  }

  /** An attribute of the node, or what the operation has where the node says nothing. */
  static AttrValue attribute(NodeDef node, OpDef operation, String name) {
    return node.containsAttr(name)
        ? node.getAttrOrThrow(name)
        : operation.getAttrList().stream()
            .filter(attribute -> attribute.getName().equals(name))
            .map(OpDef.AttrDef::getDefaultValue)
            .findFirst()
            .orElse(AttrValue.getDefaultInstance());
  }
}
