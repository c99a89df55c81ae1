package io.github.tfkfac.models.savedmodel;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** The part of a graph that some of its nodes need. */
final class GraphSlice {

  private static final Set<String> CONTROL_FLOW =
      Set.of(
          "While",
          "StatelessWhile",
          "If",
          "StatelessIf",
          "Case",
          "StatelessCase",
          "For",
          "Enter",
          "RefEnter",
          "NextIteration",
          "RefNextIteration",
          "LoopCond");

  private GraphSlice() {}

  /** The nodes of a graph by name. */
  static Map<String, NodeDef> nodes(GraphDef graph) {
    Map<String, NodeDef> nodes = new HashMap<>();
    graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
    return nodes;
  }

  /**
   * Some nodes and everything that they depend on, by data or control, in the graph's order.
   *
   * @throws SavedModelException if one is not in the graph
   */
  static GraphDef of(GraphDef graph, Collection<String> wanted) {
    Map<String, NodeDef> nodes = nodes(graph);
    Set<String> kept = new HashSet<>(wanted);
    Deque<String> open = new ArrayDeque<>(kept);
    while (!open.isEmpty()) {
      String name = open.remove();
      NodeDef node = nodes.get(name);
      if (node == null) {
        throw SavedModelException.of(
            "node '" + name + "'",
            "it in the model's graph",
            "no such node",
            "save the model again");
      }
      for (TensorRef input : TensorRef.dependencies(node)) {
        if (kept.add(input.node())) {
          open.add(input.node());
        }
      }
    }
    GraphDef.Builder slice = graph.toBuilder().clearNode();
    graph.getNodeList().stream()
        .filter(node -> kept.contains(node.getName()))
        .forEach(slice::addNode);
    return slice.build();
  }

  /** The first loop or branch in a graph; no gradient is passed through them. */
  static Optional<NodeDef> controlFlow(GraphDef graph) {
    return graph.getNodeList().stream()
        .filter(node -> CONTROL_FLOW.contains(node.getOp()))
        .findFirst();
  }
}
