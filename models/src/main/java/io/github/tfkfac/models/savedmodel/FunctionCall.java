package io.github.tfkfac.models.savedmodel;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;

/**
 * A node that runs a function.
 *
 * @param function what it runs
 * @param attributes values for the function's own attributes
 */
record FunctionCall(FunctionDef function, Map<String, AttrValue> attributes) {

  /** The functions of a graph by name. */
  static Map<String, FunctionDef> functions(FunctionDefLibrary library) {
    Map<String, FunctionDef> functions = new HashMap<>();
    library.getFunctionList().forEach(one -> functions.put(one.getSignature().getName(), one));
    return functions;
  }

  /** The call that a node is, if it is one. */
  static Optional<FunctionCall> of(NodeDef node, Map<String, FunctionDef> functions) {
    if (node.getOp().equals("PartitionedCall") || node.getOp().equals("StatefulPartitionedCall")) {
      NameAttrList called = node.getAttrOrDefault("f", AttrValue.getDefaultInstance()).getFunc();
      return Optional.of(
          new FunctionCall(find(called.getName(), node, functions), called.getAttrMap()));
    }
    FunctionDef function = functions.get(node.getOp());
    return function == null
        ? Optional.empty()
        : Optional.of(new FunctionCall(function, node.getAttrMap()));
  }

  String name() {
    return function.getSignature().getName();
  }

  /** A node of the body with the function's attributes filled in. */
  NodeDef instantiate(NodeDef body) {
    NodeDef.Builder node = body.toBuilder();
    body.getAttrMap().forEach((key, value) -> node.putAttr(key, filled(value)));
    return node.build();
  }

  private AttrValue filled(AttrValue value) {
    switch (value.getValueCase()) {
      case PLACEHOLDER -> {
        return attributes.getOrDefault(value.getPlaceholder(), value);
      }
      case FUNC -> {
        NameAttrList.Builder func = value.getFunc().toBuilder();
        value.getFunc().getAttrMap().forEach((key, inner) -> func.putAttr(key, filled(inner)));
        return value.toBuilder().setFunc(func).build();
      }
      default -> {
        return value;
      }
    }
  }

  private static FunctionDef find(String name, NodeDef node, Map<String, FunctionDef> functions) {
    FunctionDef function = functions.get(name);
    if (function == null) {
      throw SavedModelException.of(
          OutputPorts.describe(node),
          "function '" + name + "' in the model's library",
          functions.size() + " other functions",
          "save the model again");
    }
    return function;
  }
}
