package io.github.tfkfac.models.savedmodel;

import io.github.tfkfac.state.GraphVariable;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Takes writes, such as assignments to variables, off the way to a model's outputs, so that an
 * output can be computed and differentiated without them.
 *
 * <p>TensorFlow 2 lets a function's outputs wait for everything that the function writes. Those
 * control edges are removed from everything but reads of variables, whose order with writes decides
 * their values.
 */
final class SideEffects {

  private static final Pattern WRITE =
      Pattern.compile(
          "Assign.*|(Resource)?(Sparse)?Apply.*|ResourceSparseApply.*|ResourceScatter.*"
              + "|Scatter(Nd)?(Add|Sub|Mul|Div|Min|Max|Update)|Save.*|MergeV2Checkpoints|Print.*"
              + "|Write.*Summary.*|WriteFile");

  private final Map<String, NodeDef> nodes;
  private final Map<String, Boolean> writing = new HashMap<>();
  private final Set<String> path = new HashSet<>();

  private SideEffects(GraphDef graph) {
    this.nodes = new HashMap<>(GraphSlice.nodes(graph));
  }

  /** Whether an operation changes something that outlasts a run. */
  static boolean writes(NodeDef node) {
    return WRITE.matcher(node.getOp()).matches();
  }

  /**
   * A graph in which outputs do not wait for writes.
   *
   * @param graph the graph
   * @param removed for every group of outputs, in their order, the nodes that it no longer waits
   *     for
   */
  record Detached(GraphDef graph, List<Set<String>> removed) {}

  /**
   * Removes control edges between writes and what the outputs depend on.
   *
   * @param outputs groups of nodes
   */
  static Detached detach(GraphDef graph, List<? extends Collection<String>> outputs) {
    SideEffects effects = new SideEffects(graph);
    List<Set<String>> removed = outputs.stream().map(effects::detach).toList();
    GraphDef.Builder result = graph.toBuilder().clearNode();
    graph.getNodeList().forEach(node -> result.addNode(effects.without(node, removed)));
    return new Detached(result.build(), removed);
  }

  private Set<String> detach(Collection<String> outputs) {
    Set<String> removed = new LinkedHashSet<>();
    Set<String> seen = new HashSet<>(outputs);
    Deque<String> open = new ArrayDeque<>(outputs);
    while (!open.isEmpty()) {
      NodeDef node = nodes.get(open.remove());
      if (node == null) {
        continue;
      }
      path.add(node.getName());
      for (TensorRef input : TensorRef.inputs(node)) {
        if (input.isControl() && !readsVariable(node) && dependsOnWrite(input.node())) {
          removed.add(input.node());
        } else if (seen.add(input.node())) {
          open.add(input.node());
        }
      }
    }
    return removed;
  }

  private NodeDef without(NodeDef node, List<Set<String>> removed) {
    if (!path.contains(node.getName())) {
      return node;
    }
    NodeDef.Builder kept = node.toBuilder().clearInput();
    for (TensorRef input : TensorRef.inputs(node)) {
      boolean cut =
          input.isControl()
              && !readsVariable(node)
              && removed.stream().anyMatch(set -> set.contains(input.node()));
      if (!cut) {
        kept.addInput(input.toString());
      }
    }
    return kept.build();
  }

  private boolean readsVariable(NodeDef node) {
    if (node.getOp().equals("ReadVariableOp")) {
      return true;
    }
    NodeDef source =
        node.getInputCount() == 0 ? null : nodes.get(TensorRef.parse(node.getInput(0)).node());
    return source != null && source.getOp().equals(GraphVariable.REFERENCE);
  }

  private boolean dependsOnWrite(String start) {
    Boolean known = writing.get(start);
    if (known != null) {
      return known;
    }
    Set<String> seen = new HashSet<>(Set.of(start));
    Deque<String> open = new ArrayDeque<>(seen);
    boolean found = false;
    while (!open.isEmpty() && !found) {
      NodeDef node = nodes.get(open.remove());
      if (node == null) {
        continue;
      }
      found = writes(node);
      for (TensorRef input : TensorRef.inputs(node)) {
        if (seen.add(input.node())) {
          open.add(input.node());
        }
      }
    }
    writing.put(start, found);
    return found;
  }
}
