package io.github.tfkfac.tools.memory;

import io.github.tfkfac.tools.memory.StepGraph.Edge;
import io.github.tfkfac.tools.memory.StepGraph.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Consumers of an operation's outputs. */
final class Readers {

  private static final int CONTROL = -1;

  /**
   * One use of an operation.
   *
   * @param node the user
   * @param output that it reads, or {@value #CONTROL} if it only waits
   */
  record Reader(int node, int output) {

    boolean isControl() {
      return output == CONTROL;
    }
  }

  private final List<List<Reader>> byNode = new ArrayList<>();
  private final Map<Edge, Integer> counts = new HashMap<>();

  Readers(StepGraph graph) {
    graph.nodes().forEach(node -> byNode.add(new ArrayList<>()));
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node node = graph.nodes().get(i);
      for (Edge input : node.inputs()) {
        byNode.get(input.node()).add(new Reader(i, input.output()));
        counts.merge(input, 1, Integer::sum);
      }
      for (int before : node.controls()) {
        byNode.get(before).add(new Reader(i, CONTROL));
      }
    }
  }

  List<Reader> of(int node) {
    return byNode.get(node);
  }

  /** Number of readers of an output, holders included. */
  int count(int node, int output) {
    return counts.getOrDefault(new Edge(node, output), 0);
  }

  /** Counts one reader more, who never ends. */
  void addHolder(Edge output) {
    counts.merge(output, 1, Integer::sum);
  }
}
