package io.github.tfkfac.models.savedmodel;

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
 * Takes writes, such as assignments to variables, out of the subgraph of a model's outputs, so that
 * an output can be computed and differentiated without them.
 *
 * <p>TensorFlow 2 lets a function's outputs wait for everything that the function writes. Those
 * control edges are removed. Accesses to the same variable keep their order by edges between them,
 * since it decides their values: a write that a later read needs, such as the new state of a random
 * generator before its second draw, stays on the way to the outputs.
 */
final class SideEffects {

  private static final Pattern WRITE =
      Pattern.compile(
          "Assign.*|(Resource)?(Sparse)?Apply.*|ResourceSparseApply.*|ResourceScatter.*"
              + "|Scatter(Nd)?(Add|Sub|Mul|Div|Min|Max|Update)|Save.*|MergeV2Checkpoints|Print.*"
              + "|Write.*Summary.*|WriteFile");

  private final Map<String, NodeDef> nodes;
  private final ResourceAccesses accesses;
  private final Map<String, Boolean> writing = new HashMap<>();
  private final Set<String> path = new HashSet<>();

  private SideEffects(GraphDef graph) {
    this.nodes = GraphSlice.nodes(graph);
    this.accesses = new ResourceAccesses(graph);
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
   *     for and that write more than its outputs need
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
    graph.getNodeList().forEach(node -> result.addNode(effects.ordered(node)));
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
      Set<String> needed = new LinkedHashSet<>(accesses.before(node.getName()));
      for (TensorRef input : TensorRef.dependencies(node)) {
        if (input.isControl() && dependsOnWrite(input.node())) {
          removed.add(input.node());
        } else {
          needed.add(input.node());
        }
      }
      needed.stream().filter(seen::add).forEach(open::add);
    }
    removed.removeIf(source -> writesBehind(source, seen).isEmpty());
    return removed;
  }

  /** A node that waits for the accesses before its own, and on a path for no other writes. */
  private NodeDef ordered(NodeDef node) {
    NodeDef.Builder kept = node.toBuilder().clearInput();
    Set<String> controls = new LinkedHashSet<>();
    for (TensorRef input : TensorRef.inputs(node)) {
      if (!input.isControl()) {
        kept.addInput(input.toString());
      } else if (!path.contains(node.getName()) || !dependsOnWrite(input.node())) {
        controls.add(input.toString());
      }
    }
    accesses.before(node.getName()).forEach(name -> controls.add("^" + name));
    return kept.addAllInput(controls).build();
  }

  private boolean dependsOnWrite(String start) {
    return writing.computeIfAbsent(start, name -> !writesBehind(name, Set.of()).isEmpty());
  }

  /** The writes that a node depends on, or is, other than some. */
  private Set<String> writesBehind(String start, Set<String> others) {
    Set<String> writes = new LinkedHashSet<>();
    Set<String> seen = new HashSet<>(Set.of(start));
    Deque<String> open = new ArrayDeque<>(seen);
    while (!open.isEmpty()) {
      NodeDef node = nodes.get(open.remove());
      if (node == null) {
        continue;
      }
      if (writes(node) && !others.contains(node.getName())) {
        writes.add(node.getName());
      }
      for (TensorRef input : TensorRef.inputs(node)) {
        if (seen.add(input.node())) {
          open.add(input.node());
        }
      }
    }
    return writes;
  }
}
