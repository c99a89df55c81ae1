package io.github.tfkfac.tools.memory;

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
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * The operations of a step with the sizes of their outputs.
 *
 * @param nodes in the order of the graph
 * @param places of the nodes, by name
 */
public record StepGraph(List<Node> nodes, Map<String, Integer> places) {

  /**
   * An operation.
   *
   * @param definition what TensorFlow knows of it
   * @param inputs outputs of other operations that it takes
   * @param controls operations that it waits for
   * @param bytes of its outputs, where they are known
   */
  public record Node(
      NodeDef definition, List<Edge> inputs, List<Integer> controls, List<Optional<Long>> bytes) {

    /** Its name. */
    public String name() {
      return definition.getName();
    }

    /** Type of the operation, such as {@code MatMul}. */
    public String type() {
      return definition.getOp();
    }

    /** Unknown sizes as 0. */
    long bytes(int output) {
      return output < bytes.size() ? bytes.get(output).orElse(0L) : 0;
    }
  }

  /** An output of a node. */
  public record Edge(int node, int output) {}

  public StepGraph {
    nodes = List.copyOf(nodes);
    places = Map.copyOf(places);
  }

  static StepGraph of(GraphDef step, StaticShapes shapes) {
    Map<String, Integer> places = new HashMap<>();
    for (NodeDef node : step.getNodeList()) {
      places.put(node.getName(), places.size());
    }
    List<Node> nodes = new ArrayList<>();
    for (NodeDef node : step.getNodeList()) {
      List<Edge> inputs = new ArrayList<>();
      List<Integer> controls = new ArrayList<>();
      for (String text : node.getInputList()) {
        Source source = Source.parse(text);
        int place = places.getOrDefault(source.operation(), -1);
        if (source.isControl()) {
          controls.add(place);
        } else {
          inputs.add(new Edge(place, source.index()));
        }
      }
      nodes.add(new Node(node, inputs, controls, bytes(node, shapes)));
    }
    return new StepGraph(nodes, places);
  }

  /** A handle counts as the variable behind it, which the operation that makes it owns. */
  private static List<Optional<Long>> bytes(NodeDef node, StaticShapes shapes) {
    if (!node.getOp().equals(Sharing.HANDLE)) {
      return shapes.bytes(node.getName());
    }
    AttrValue shape = node.getAttrOrThrow("shape");
    long values =
        shape.getShape().getDimList().stream()
            .mapToLong(dim -> dim.getSize())
            .reduce(1, (a, b) -> a * b);
    return List.of(
        values < 0 || shape.getShape().getUnknownRank()
            ? Optional.empty()
            : Optional.of(values * ElementSize.of(node.getAttrOrThrow("dtype").getType())));
  }

  /** The part of a graph that operations need. */
  static GraphDef needed(GraphDef graph, Collection<String> targets) {
    Map<String, NodeDef> nodes = new HashMap<>();
    graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
    Set<String> seen = new HashSet<>(targets);
    Deque<String> open = new ArrayDeque<>(seen);
    while (!open.isEmpty()) {
      NodeDef node = nodes.get(open.remove());
      if (node == null) {
        throw new IllegalArgumentException(
            "expected operations of the graph as targets, found " + targets);
      }
      for (String text : node.getInputList()) {
        String operation = Source.parse(text).operation();
        if (seen.add(operation)) {
          open.add(operation);
        }
      }
    }
    GraphDef.Builder part = graph.toBuilder().clearNode();
    graph.getNodeList().stream()
        .filter(node -> seen.contains(node.getName()))
        .forEach(part::addNode);
    return part.build();
  }
}
