package io.github.tfkfac.models.savedmodel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.FunctionDef;
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

  /** Ends of a loop, the only nodes whose outputs may lead back to their inputs. */
  private static final Set<String> LOOP_ENDS = Set.of("NextIteration", "RefNextIteration");

  private GraphSlice() {}

  /**
   * Rejects a graph in which a node, of it or of a function, needs its own output, other than by a
   * loop. What follows a graph's edges relies on it.
   *
   * @throws SavedModelException naming a node
   */
  static void requireAcyclic(GraphDef graph) {
    requireAcyclic(graph.getNodeList());
    for (FunctionDef function : graph.getLibrary().getFunctionList()) {
      requireAcyclic(function.getNodeDefList());
    }
  }

  private static void requireAcyclic(List<NodeDef> list) {
    Map<String, NodeDef> nodes = new HashMap<>();
    Map<String, Integer> missing = new HashMap<>();
    Map<String, List<String>> users = new HashMap<>();
    list.forEach(node -> nodes.put(node.getName(), node));
    for (NodeDef node : nodes.values()) {
      Set<String> inputs = new HashSet<>();
      for (String input : node.getInputList()) {
        inputs.add(input.replaceFirst("^\\^", "").replaceFirst(":.*$", ""));
      }
      inputs.removeIf(
          input -> !nodes.containsKey(input) || LOOP_ENDS.contains(nodes.get(input).getOp()));
      missing.put(node.getName(), inputs.size());
      inputs.forEach(
          input -> users.computeIfAbsent(input, name -> new ArrayList<>()).add(node.getName()));
    }
    Deque<String> ready = new ArrayDeque<>();
    missing.forEach((name, count) -> addIf(count == 0, name, ready));
    while (!ready.isEmpty()) {
      String name = ready.remove();
      nodes.remove(name);
      for (String user : users.getOrDefault(name, List.of())) {
        addIf(missing.merge(user, -1, Integer::sum) == 0, user, ready);
      }
    }
    nodes.values().stream()
        .findFirst()
        .ifPresent(
            node -> {
              throw SavedModelException.of(
                  OutputPorts.describe(node),
                  "a graph in which no operation needs its own output",
                  "that this one does",
                  "save the model again");
            });
  }

  private static void addIf(boolean wanted, String name, Deque<String> names) {
    if (wanted) {
      names.add(name);
    }
  }

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
