package io.github.tfkfac.models.savedmodel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.OpDef.ArgDef;

/** The body of a function with the names that it has in the graph of one call. */
final class FunctionBody {

  private final NodeDef call;
  private final FunctionCall called;
  private final String scope;
  private final Map<String, FunctionDef> functions;
  private final Map<String, NodeDef> bodyNodes = new HashMap<>();
  private final Map<String, List<TensorRef>> arguments = new HashMap<>();

  /**
   * The body that a call runs.
   *
   * @param scope what the names of its nodes begin with
   * @param functions all functions of the graph by name
   */
  FunctionBody(
      NodeDef call, FunctionCall called, String scope, Map<String, FunctionDef> functions) {
    this.call = call;
    this.called = called;
    this.scope = scope;
    this.functions = functions;
    called
        .function()
        .getNodeDefList()
        .forEach(node -> bodyNodes.put(node.getName(), called.instantiate(node)));
    bindArguments();
  }

  /** The function's name. */
  String name() {
    return called.name();
  }

  /**
   * Tensor of the graph that stands for a tensor of the body, given as graphs write it, {@code
   * node:number}.
   */
  Optional<TensorRef> tensor(String name) {
    TensorRef tensor = TensorRef.parse(name);
    List<TensorRef> argument = arguments.get(tensor.node());
    if (argument != null && tensor.index() < argument.size()) {
      return Optional.of(argument.get(tensor.index()));
    }
    return bodyNodes.containsKey(tensor.node())
        ? Optional.of(new TensorRef(scoped(tensor.node()), tensor.index()))
        : Optional.empty();
  }

  /**
   * The argument that passes a captured object on.
   *
   * @param captured the objects that the function's last arguments are
   */
  Optional<TensorRef> captured(List<Integer> captured, int object) {
    List<ArgDef> all = called.function().getSignature().getInputArgList();
    int place = captured.indexOf(object);
    return place < 0 || captured.size() > all.size()
        ? Optional.empty()
        : tensor(all.get(all.size() - captured.size() + place).getName());
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
            "save the model again");
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
    List<String> before =
        call.getInputList().stream().filter(input -> input.startsWith("^")).toList();
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

  /** The nodes that run whether the results depend on them or not. */
  Set<String> sideEffects() {
    Set<String> effects = new LinkedHashSet<>();
    called.function().getNodeDefList().stream()
        .filter(SideEffects::writes)
        .forEach(node -> effects.add(scoped(node.getName())));
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
          "save the model again");
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
