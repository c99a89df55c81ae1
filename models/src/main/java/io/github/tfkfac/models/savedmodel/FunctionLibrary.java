package io.github.tfkfac.models.savedmodel;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** Prunes a function library to the functions that a list of nodes still needs. */
final class FunctionLibrary {

  private FunctionLibrary() {}

  /**
   * A graph with the functions that its nodes call or have their gradients from, directly or not,
   * and no others.
   */
  static GraphDef pruned(GraphDef graph) {
    return graph.toBuilder().setLibrary(used(graph.getNodeList(), graph.getLibrary())).build();
  }

  private static FunctionDefLibrary used(List<NodeDef> nodes, FunctionDefLibrary library) {
    Map<String, FunctionDef> functions = FunctionCall.functions(library);
    Set<String> used = new LinkedHashSet<>();
    Deque<NodeDef> open = new ArrayDeque<>(nodes);
    while (!open.isEmpty()) {
      NodeDef node = open.remove();
      Set<String> called = new LinkedHashSet<>(List.of(node.getOp(), GradientFunctions.mark(node)));
      names(node.getAttrMap().values(), called);
      for (String name : called) {
        FunctionDef function = functions.get(name);
        if (function != null && used.add(name)) {
          open.addAll(function.getNodeDefList());
        }
      }
    }
    FunctionDefLibrary.Builder result = FunctionDefLibrary.newBuilder();
    library.getFunctionList().stream()
        .filter(function -> used.contains(function.getSignature().getName()))
        .forEach(result::addFunction);
    return result.build();
  }

  private static void names(Collection<AttrValue> attributes, Set<String> found) {
    for (AttrValue attribute : attributes) {
      if (attribute.hasFunc()) {
        found.add(attribute.getFunc().getName());
        names(attribute.getFunc().getAttrMap().values(), found);
      }
      attribute.getList().getFuncList().forEach(func -> found.add(func.getName()));
    }
  }
}
