package io.github.tfkfac.models.savedmodel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.OpDef.ArgDef;

/**
 * Replaces calls of functions ({@code PartitionedCall}, {@code StatefulPartitionedCall}, and nodes
 * whose type is a function's name) by the functions' bodies, nested calls included.
 *
 * <p>A body's nodes are named {@code call/node}. What consumed an output of the call consumes the
 * tensor that the body returns; a {@code NoOp} of the call's own name completes when the outputs
 * and the body's side effects have. An {@code IdentityN} becomes one {@code Identity} per tensor.
 * Devices, colocations and attributes that begin with an underscore are dropped. What other
 * operations call, such as the body of a loop, stays a function.
 */
final class FunctionInliner {

  private final Map<String, FunctionDef> functions;
  private final List<NodeDef> nodes = new ArrayList<>();
  private final Map<TensorRef, TensorRef> replacements = new HashMap<>();
  private final TreeSet<String> names = new TreeSet<>();
  private final Deque<String> active = new ArrayDeque<>();

  private FunctionInliner(GraphDef graph) {
    this.functions = FunctionCall.functions(graph.getLibrary());
  }

  /**
   * The graph without calls.
   *
   * @throws SavedModelException if a function is missing or calls itself, or an operation is
   *     unknown to this TensorFlow
   */
  static InlinedGraph inline(GraphDef graph) {
    FunctionInliner inliner = new FunctionInliner(graph);
    graph.getNodeList().forEach(node -> inliner.names.add(node.getName()));
    graph.getNodeList().forEach(inliner::emit);
    InlinedGraph unresolved = new InlinedGraph(graph, inliner.replacements);
    GraphDef.Builder result = GraphDef.newBuilder().setVersions(graph.getVersions());
    inliner.nodes.forEach(node -> result.addNode(resolveInputs(node, unresolved)));
    GraphDef inlined = FunctionLibrary.pruned(result.setLibrary(graph.getLibrary()).build());
    return new InlinedGraph(inlined, inliner.replacements);
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
    return resolved.addAllInput(controls).build();
  }

  private void emit(NodeDef node) {
    FunctionCall call = FunctionCall.of(node, functions).orElse(null);
    if (call != null) {
      expand(node, call);
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

  private void split(NodeDef node) {
    List<String> controls = controls(node);
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
    if (active.contains(called.name())) {
      throw SavedModelException.of(
          OutputPorts.describe(call),
          "functions that do not call themselves",
          "that '" + called.name() + "' does",
          "save the model without recursion");
    }
    active.push(called.name());
    Body body = new Body(call, called);
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

  private static List<String> controls(NodeDef node) {
    return node.getInputList().stream().filter(input -> input.startsWith("^")).toList();
  }

  /** The body of a function with the names that it has in the graph of one call. */
  private final class Body {

    private final NodeDef call;
    private final FunctionCall called;
    private final String scope;
    private final Map<String, NodeDef> bodyNodes = new HashMap<>();
    private final Map<String, List<TensorRef>> arguments = new HashMap<>();

    Body(NodeDef call, FunctionCall called) {
      this.call = call;
      this.called = called;
      this.scope = freeScope(call.getName());
      called
          .function()
          .getNodeDefList()
          .forEach(node -> bodyNodes.put(node.getName(), called.instantiate(node)));
      bindArguments();
    }

    private void bindArguments() {
      List<TensorRef> given =
          TensorRef.inputs(call).stream().filter(input -> !input.isControl()).toList();
      OpDef signature = called.function().getSignature();
      int next = 0;
      for (ArgDef argument : signature.getInputArgList()) {
        NodeDef withAttributes = NodeDef.newBuilder().putAllAttr(called.attributes()).build();
        int size = OutputPorts.size(argument, withAttributes, signature);
        if (next + size > given.size()) {
          throw SavedModelException.of(
              OutputPorts.describe(call),
              "arguments for all inputs of function '" + called.name() + "'",
              given.size() + " arguments",
              "save the model anew");
        }
        arguments.put(argument.getName(), given.subList(next, next + size));
        next += size;
      }
    }

    Set<String> nodeNames() {
      return bodyNodes.keySet().stream().map(this::scoped).collect(Collectors.toSet());
    }

    List<NodeDef> nodes() {
      List<NodeDef> result = new ArrayList<>();
      List<String> before = controls(call);
      for (NodeDef original : called.function().getNodeDefList()) {
        NodeDef node = bodyNodes.getOrDefault(original.getName(), original);
        Set<String> inputs = new LinkedHashSet<>();
        List<String> data = new ArrayList<>();
        boolean first = true;
        for (String input : node.getInputList()) {
          TensorRef reference = translate(input);
          first &= !bodyNodes.containsKey(owner(input));
          if (reference.isControl()) {
            inputs.add(reference.toString());
          } else {
            data.add(reference.toString());
          }
        }
        if (first) {
          inputs.addAll(before);
        }
        result.add(
            node.toBuilder()
                .setName(scoped(node.getName()))
                .clearInput()
                .addAllInput(data)
                .addAllInput(inputs)
                .build());
      }
      return result;
    }

    List<TensorRef> results() {
      return called.function().getSignature().getOutputArgList().stream()
          .map(output -> translate(called.function().getRetOrThrow(output.getName())))
          .toList();
    }

    Set<String> sideEffects() {
      Set<String> effects = new LinkedHashSet<>();
      called.function().getControlRetMap().values().forEach(name -> effects.add(scoped(name)));
      return effects;
    }

    private TensorRef translate(String reference) {
      String owner = owner(reference);
      List<TensorRef> argument = arguments.get(owner);
      if (reference.startsWith("^")) {
        return TensorRef.control(argument == null ? scoped(owner) : argument.get(0).node());
      }
      String[] parts = reference.split(":", -1);
      if (argument != null) {
        return argument.get(parts.length > 1 ? Integer.parseInt(parts[parts.length - 1]) : 0);
      }
      int offset = parts.length > 2 ? Integer.parseInt(parts[2]) : 0;
      return new TensorRef(
          scoped(owner), parts.length > 1 ? firstOutput(owner, parts[1]) + offset : 0);
    }

    private int firstOutput(String owner, String output) {
      NodeDef node = bodyNodes.get(owner);
      if (node == null) {
        throw SavedModelException.of(
            "function '" + called.name() + "'",
            "a node '" + owner + "'",
            "none",
            "save the model anew");
      }
      FunctionDef function = functions.get(node.getOp());
      OpDef definition =
          function == null ? OutputPorts.definition(node.getOp()) : function.getSignature();
      if (definition == null) {
        throw SavedModelException.of(
            OutputPorts.describe(node),
            "an operation of TensorFlow",
            "an unknown one",
            "models with operations of their own cannot be loaded");
      }
      return OutputPorts.first(node, definition, output);
    }

    private static String owner(String reference) {
      String name = reference.startsWith("^") ? reference.substring(1) : reference;
      int colon = name.indexOf(':');
      return colon < 0 ? name : name.substring(0, colon);
    }

    private String scoped(String name) {
      return scope + "/" + name;
    }
  }
}
