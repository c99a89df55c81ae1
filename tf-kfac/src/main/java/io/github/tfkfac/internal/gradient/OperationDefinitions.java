package io.github.tfkfac.internal.gradient;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.GraphOperation;
import org.tensorflow.TensorFlow;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/** Definitions of operation types in TensorFlow's library. */
final class OperationDefinitions {

  private static final Map<String, OpDef> BY_TYPE = new HashMap<>();

  static {
    TensorFlow.registeredOpList().getOpList().forEach(op -> BY_TYPE.put(op.getName(), op));
  }

  private OperationDefinitions() {}

  /** Whether the C++ library, or the user, registers a derivative for the type. */
  static boolean hasGradient(String type) {
    return BY_TYPE.containsKey(type) && tensorflow.TFJ_HasGradient(type);
  }

  /** The operation without its inputs. */
  static NodeDef.Builder node(GraphOperation operation) {
    NodeDef.Builder node = NodeDef.newBuilder().setOp(operation.type());
    OpDef definition = of(operation.type());
    for (OpDef.AttrDef attribute : definition.getAttrList()) {
      node.putAttr(
          attribute.getName(), operation.attributes().getAttrValueProto(attribute.getName()));
    }
    return node;
  }

  /** Numbers of inputs that the arguments of a node take; -1 for a single one that is no list. */
  static List<Integer> arguments(NodeDef node) {
    List<Integer> sizes = new ArrayList<>();
    for (OpDef.ArgDef argument : of(node.getOp()).getInputArgList()) {
      if (!argument.getNumberAttr().isEmpty()) {
        sizes.add((int) attribute(node, argument.getNumberAttr()).getI());
      } else if (!argument.getTypeListAttr().isEmpty()) {
        sizes.add(attribute(node, argument.getTypeListAttr()).getList().getTypeCount());
      } else {
        sizes.add(-1);
      }
    }
    return sizes;
  }

  private static AttrValue attribute(NodeDef node, String name) {
    return node.getAttrOrThrow(name);
  }

  private static OpDef of(String type) {
    OpDef definition = BY_TYPE.get(type);
    if (definition == null) {
      throw new GradientException(
          "expected an operation type of TensorFlow " + TensorFlow.version() + ", found " + type);
    }
    return definition;
  }
}
