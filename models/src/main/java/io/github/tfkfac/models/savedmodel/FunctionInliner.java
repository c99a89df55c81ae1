package io.github.tfkfac.models.savedmodel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Replaces calls of functions ({@code PartitionedCall}, {@code StatefulPartitionedCall}, and nodes
 * whose type is a function's name) by the functions' bodies, nested calls included.
 *
 * <p>A body's nodes are named {@code call/node}. What consumed an output of the call consumes the
 * tensor that the body returns; a {@code NoOp} of the call's own name completes when the outputs
 * and the body's side effects have. An {@code IdentityN} becomes one {@code Identity} per tensor,
 * unless it has a custom gradient; see {@link GradientFunctions}. Devices, colocations and other
 * attributes that begin with an underscore are dropped. What other operations call, such as the
 * body of a loop, stays a function.
 */
final class FunctionInliner {

  /** Deeper ones of real models are unknown, and every level is one of Java's stack. */
  private static final int DEEPEST = 100;

  /** Nodes that calls may add per node of the model, and beyond. */
  private static final int MOST_PER_NODE = 50;

  private static final int MOST_BEYOND = 5_000;

  private final Map<String, FunctionDef> functions;
  private final List<NodeDef> nodes = new ArrayList<>();
  private final Map<TensorRef, TensorRef> replacements = new HashMap<>();
  private final TreeSet<String> names = new TreeSet<>();
  private final Deque<FunctionBody> active = new ArrayDeque<>();
  private final GradientFunctions gradients;
  private final long mostNodes;

  private FunctionInliner(GraphDef graph, GradientFunctions gradients) {
    this.functions = FunctionCall.functions(graph.getLibrary());
    this.gradients = gradients;
    long own = graph.getNodeCount();
    for (FunctionDef function : functions.values()) {
      own += function.getNodeDefCount();
    }
    this.mostNodes = MOST_BEYOND + MOST_PER_NODE * own;
  }

  /** The graph without calls, for what is not differentiated. */
  static InlinedGraph inline(GraphDef graph) {
    return inline(graph, GradientFunctions.none());
  }

  /**
   * The graph without calls.
   *
   * @param gradients what operations with a custom gradient refer to
   * @throws SavedModelException if a function is missing or calls itself, or an operation is
   *     unknown to this TensorFlow
   */
  static InlinedGraph inline(GraphDef graph, GradientFunctions gradients) {
    FunctionInliner inliner = new FunctionInliner(graph, gradients);
    graph.getNodeList().forEach(node -> inliner.names.add(node.getName()));
    graph.getNodeList().forEach(inliner::emit);
    InlinedGraph unresolved = new InlinedGraph(graph, inliner.replacements);
    GraphDef.Builder result = GraphDef.newBuilder().setVersions(graph.getVersions());
    inliner.nodes.forEach(node -> result.addNode(resolveInputs(node, unresolved)));
    Map<String, FunctionDef> library = new LinkedHashMap<>();
    graph
        .getLibrary()
        .getFunctionList()
        .forEach(one -> library.put(one.getSignature().getName(), one));
    library.putAll(gradients.functions());
    result.getLibraryBuilder().addAllFunction(library.values());
    return new InlinedGraph(FunctionLibrary.pruned(result.build()), inliner.replacements);
  }

  private static NodeDef resolveInputs(NodeDef node, InlinedGraph inlined) {
    Set<String> controls = new LinkedHashSet<>();
    NodeDef.Builder resolved = node.toBuilder().clearInput();
    for (TensorRef input : TensorRef.inputs(node)) {
      if (input.isControl()) {
        controls.add(input.toString());
      } else {
        resolved.addInput(inlined.resolve(input).toString());
      }
    }
    return GradientFunctions.renamed(resolved.addAllInput(controls).build(), inlined::resolve);
  }

  private void emit(NodeDef node) {
    FunctionCall call = FunctionCall.of(node, functions).orElse(null);
    if (call != null) {
      expand(node, call);
    } else if (GradientFunctions.isMarked(node)) {
      keep(node);
    } else if (node.getOp().equals("IdentityN")) {
      split(node);
    } else {
      nodes.add(plain(node));
    }
  }

  private static NodeDef plain(NodeDef node) {
    NodeDef.Builder plain = node.toBuilder().clearDevice().clearExperimentalDebugInfo();
    node.getAttrMap().keySet().stream()
        .filter(key -> key.startsWith("_"))
        .forEach(plain::removeAttr);
    return plain.build();
  }

  /** Keeps an operation with a custom gradient; handles of variables go around it. */
  private void keep(NodeDef node) {
    NodeDef.Builder kept = plain(node).toBuilder();
    for (String attribute : List.of(GradientFunctions.MARK, GradientFunctions.CAPTURES)) {
      if (node.containsAttr(attribute)) {
        kept.putAttr(attribute, node.getAttrOrThrow(attribute));
      }
    }
    nodes.add(gradients.resolve(kept.build(), active));
    if (node.getOp().equals("IdentityN")) {
      List<DataType> types = node.getAttrOrThrow("T").getList().getTypeList();
      for (int i = 0; i < types.size(); i++) {
        if (types.get(i) == DataType.DT_RESOURCE) {
          replacements.put(new TensorRef(node.getName(), i), TensorRef.parse(node.getInput(i)));
        }
      }
    }
  }

  private void split(NodeDef node) {
    List<String> controls =
        node.getInputList().stream().filter(input -> input.startsWith("^")).toList();
    NodeDef.Builder all = NodeDef.newBuilder().setName(node.getName()).setOp("NoOp");
    List<AttrValue> types =
        node.getAttrOrThrow("T").getList().getTypeList().stream()
            .map(type -> AttrValue.newBuilder().setType(type).build())
            .toList();
    String scope = freeScope(node.getName());
    for (int i = 0; i < types.size(); i++) {
      String name = scope + "/" + i;
      names.add(name);
      nodes.add(
          NodeDef.newBuilder()
              .setName(name)
              .setOp("Identity")
              .addInput(node.getInput(i))
              .addAllInput(controls)
              .putAttr("T", types.get(i))
              .build());
      replacements.put(new TensorRef(node.getName(), i), new TensorRef(name, 0));
      all.addInput("^" + name);
    }
    nodes.add(all.build());
  }

  private void expand(NodeDef call, FunctionCall called) {
    if (active.stream().anyMatch(body -> body.name().equals(called.name()))) {
      throw SavedModelException.of(
          OutputPorts.describe(call),
          "functions that do not call themselves",
          "that '" + called.name() + "' does",
          "save the model without recursion");
    }
    if (active.size() >= DEEPEST
        || nodes.size() + called.function().getNodeDefCount() > mostNodes) {
      throw SavedModelException.of(
          OutputPorts.describe(call),
          "calls of functions up to " + DEEPEST + " deep that make up to " + mostNodes + " nodes",
          "more",
          "save the model with fewer nested functions");
    }
    FunctionBody body = new FunctionBody(call, called, freeScope(call.getName()), functions);
    active.push(body);
    names.addAll(body.nodeNames());
    body.nodes().forEach(this::emit);
    List<TensorRef> results = body.results();
    NodeDef.Builder completed = NodeDef.newBuilder().setName(call.getName()).setOp("NoOp");
    body.sideEffects().forEach(name -> completed.addInput("^" + name));
    for (int i = 0; i < results.size(); i++) {
      replacements.put(new TensorRef(call.getName(), i), results.get(i));
      completed.addInput("^" + results.get(i).node());
    }
    nodes.add(completed.build());
    active.pop();
  }

  private String freeScope(String wanted) {
    String scope = wanted;
    for (int i = 1; isTaken(scope); i++) {
      scope = wanted + "_inlined_" + i;
    }
    return scope;
  }

  private boolean isTaken(String scope) {
    String next = names.ceiling(scope + "/");
    return next != null && next.startsWith(scope + "/");
  }
}
