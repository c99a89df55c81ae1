package io.github.tfkfac.models.savedmodel;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.OpDef.ArgDef;
import org.tensorflow.proto.OpDef.AttrDef;

/** Indices at which an operation's named outputs begin in the list of all its outputs. */
final class OutputPorts {

  private static final class Registered {
    static final Map<String, OpDef> OPERATIONS = new HashMap<>();

    static {
      TensorFlow.registeredOpList().getOpList().forEach(op -> OPERATIONS.put(op.getName(), op));
    }
  }

  private OutputPorts() {}

  /** The definition of an operation that this TensorFlow has. */
  static @Nullable OpDef definition(String type) {
    return Registered.OPERATIONS.get(type);
  }

  /**
   * The number of a named output's first tensor among all outputs of a node.
   *
   * @throws SavedModelException if this TensorFlow does not know the operation or the output
   */
  static int first(NodeDef node, OpDef definition, String output) {
    int first = 0;
    for (ArgDef argument : definition.getOutputArgList()) {
      if (argument.getName().equals(output)) {
        return first;
      }
      first += size(argument, node, definition);
    }
    throw SavedModelException.of(
        describe(node),
        "an output named '" + output + "'",
        "none",
        "the model was written by another version of the operation");
  }

  /** Number of tensors of a node's argument. */
  static int size(ArgDef argument, NodeDef node, OpDef definition) {
    if (!argument.getNumberAttr().isEmpty()) {
      return Math.toIntExact(attribute(argument.getNumberAttr(), node, definition).getI());
    }
    if (!argument.getTypeListAttr().isEmpty()) {
      return attribute(argument.getTypeListAttr(), node, definition).getList().getTypeCount();
    }
    return 1;
  }

  private static AttrValue attribute(String name, NodeDef node, OpDef definition) {
    AttrValue value = node.getAttrMap().get(name);
    if (value != null) {
      return value;
    }
    return definition.getAttrList().stream()
        .filter(attribute -> attribute.getName().equals(name))
        .map(AttrDef::getDefaultValue)
        .findFirst()
        .orElseThrow(
            () ->
                SavedModelException.of(
                    describe(node), "an attribute '" + name + "'", "none", "save the model again"));
  }

  static String describe(NodeDef node) {
    return node.getOp() + " '" + node.getName() + "'";
  }
}
