package io.github.tfkfac.models.savedmodel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * The plain graph of some signatures of a model: no calls of functions, nothing that the signatures
 * do not need.
 *
 * @param graph the graph
 * @param tensors for every tensor that the signatures name, the one in the graph
 * @param sideEffects for signatures that write, the operation that does it
 * @param effects what a call of each signature does besides computing its outputs
 * @param initialization the operation that readies tables and variables without a saved value
 */
record ModelGraph(
    GraphDef graph,
    Map<String, TensorRef> tensors,
    Map<String, String> sideEffects,
    Map<String, SignatureEffects> effects,
    Optional<String> initialization) {

  /** The operation that runs a program which JAX or another compiler wrote. */
  private static final String COMPILED = "XlaCallModule";

  /**
   * Builds the graph.
   *
   * @param file the model
   * @param whole the model's graph, perhaps with nodes added
   * @param signatures the wanted signatures
   * @throws SavedModelException if a part that is needed has loops, branches or operations that
   *     reach out of the computation, see {@link HostOperations}
   */
  static ModelGraph of(SavedModelFile file, GraphDef whole, List<SignatureSpec> signatures) {
    Optional<String> init = Initialization.operation(file.model());
    Set<String> wanted = new LinkedHashSet<>();
    for (SignatureSpec signature : signatures) {
      wanted.addAll(inputs(signature));
      signature.outputs().values().forEach(output -> wanted.add(reference(output).node()));
    }
    init.ifPresent(wanted::add);
    GraphDef fed = withPlaceholders(whole, signatures);
    GradientFunctions gradients = GradientFunctions.of(file);
    wanted.addAll(gradients.operations());
    InlinedGraph inlined =
        VariableHandles.merge(FunctionInliner.inline(GraphSlice.of(fed, wanted), gradients));

    Map<String, TensorRef> tensors = new HashMap<>();
    for (SignatureSpec signature : signatures) {
      signature.inputs().values().forEach(one -> tensors.put(one.tensor(), reference(one)));
      signature
          .outputs()
          .values()
          .forEach(one -> tensors.put(one.tensor(), inlined.resolve(reference(one))));
    }
    return cut(inlined.graph(), file, signatures, tensors, init);
  }

  private static ModelGraph cut(
      GraphDef inlined,
      SavedModelFile file,
      List<SignatureSpec> signatures,
      Map<String, TensorRef> tensors,
      Optional<String> init) {
    List<Set<String>> outputs = new ArrayList<>();
    for (SignatureSpec signature : signatures) {
      Set<String> nodes = new LinkedHashSet<>();
      for (TensorSpec output : signature.outputs().values()) {
        nodes.add(tensors.getOrDefault(output.tensor(), reference(output)).node());
      }
      outputs.add(nodes);
    }
    SideEffects.Detached detached = SideEffects.detach(inlined, outputs);
    GraphDef.Builder whole = detached.graph().toBuilder();
    Map<String, String> sideEffects = new HashMap<>();
    List<Set<String>> run = new ArrayList<>();
    Set<String> kept = new HashSet<>();
    for (int i = 0; i < signatures.size(); i++) {
      SignatureSpec signature = signatures.get(i);
      kept.addAll(inputs(signature));
      run.add(new HashSet<>(outputs.get(i)));
      if (!detached.removed().get(i).isEmpty()) {
        String name = "side_effects/" + signature.name();
        whole.addNode(group(name, detached.removed().get(i)));
        sideEffects.put(signature.name(), name);
        run.get(i).add(name);
      }
      kept.addAll(run.get(i));
    }
    GraphDef result = GraphSlice.of(whole.build(), kept);
    rejectControlFlow(result, signatures);
    rejectCompiled(result, signatures);
    Map<String, SignatureEffects> effects = new HashMap<>();
    for (int i = 0; i < signatures.size(); i++) {
      effects.put(signatures.get(i).name(), SignatureEffects.of(result, run.get(i)));
    }
    Optional<String> needed = init;
    if (init.isPresent() && Initialization.isNeeded(result, file)) {
      kept.add(init.get());
      result = GraphSlice.of(whole.build(), kept);
    } else {
      needed = Optional.empty();
    }
    GraphDef pruned = OperationUpgrades.apply(FunctionLibrary.pruned(result));
    HostOperations.reject(pruned, signatures.get(0).name());
    return new ModelGraph(withShapes(pruned, file), tensors, sideEffects, effects, needed);
  }

  /** The tensor that a signature calls by this name. */
  TensorRef tensor(String name) {
    TensorRef found = tensors.get(name);
    if (found == null) {
      throw new IllegalStateException("no signature of the graph has tensor '" + name + "'");
    }
    return found;
  }

  private static TensorRef reference(TensorSpec spec) {
    return TensorRef.parse(spec.tensor());
  }

  private static Set<String> inputs(SignatureSpec signature) {
    Set<String> nodes = new LinkedHashSet<>();
    signature.inputs().values().forEach(spec -> nodes.add(reference(spec).node()));
    return nodes;
  }

  private static NodeDef group(String name, Set<String> nodes) {
    NodeDef.Builder group = NodeDef.newBuilder().setName(name).setOp("NoOp");
    nodes.forEach(node -> group.addInput("^" + node));
    return group.build();
  }

  private static void rejectControlFlow(GraphDef graph, List<SignatureSpec> signatures) {
    Optional<NodeDef> found = GraphSlice.controlFlow(graph);
    if (found.isPresent()) {
      throw SavedModelException.of(
          "signature '" + signatures.get(0).name() + "'",
          "a graph without loops and branches, which pass no gradient on",
          OutputPorts.describe(found.get()),
          "export a signature that does not need it");
    }
  }

  private static void rejectCompiled(GraphDef graph, List<SignatureSpec> signatures) {
    Optional<NodeDef> found =
        Stream.concat(
                graph.getNodeList().stream(),
                FunctionLibrary.pruned(graph).getLibrary().getFunctionList().stream()
                    .flatMap(function -> function.getNodeDefList().stream()))
            .filter(node -> node.getOp().equals(COMPILED))
            .findFirst();
    if (found.isPresent()) {
      throw SavedModelException.of(
          "signature '" + signatures.get(0).name() + "'",
          "layers made of TensorFlow's operations",
          OutputPorts.describe(found.get())
              + ", compiled code as Keras' JAX backend writes it, which has no layers to be trained",
          "export the model with Keras' TensorFlow backend (KERAS_BACKEND=tensorflow)");
    }
  }

  /** Lets every input of a signature be a placeholder of its declared type and shape. */
  private static GraphDef withPlaceholders(GraphDef graph, List<SignatureSpec> signatures) {
    Map<String, TensorSpec> inputs = new HashMap<>();
    for (SignatureSpec signature : signatures) {
      signature.inputs().values().stream()
          .filter(input -> reference(input).index() == 0)
          .forEach(input -> inputs.put(reference(input).node(), input));
    }
    GraphDef.Builder result = graph.toBuilder().clearNode();
    for (NodeDef node : graph.getNodeList()) {
      TensorSpec input = inputs.get(node.getName());
      result.addNode(input == null ? node : placeholder(node, input));
    }
    return result.build();
  }

  private static NodeDef placeholder(NodeDef node, TensorSpec input) {
    return NodeDef.newBuilder()
        .setName(node.getName())
        .setOp("Placeholder")
        .putAttr("dtype", AttrValue.newBuilder().setType(input.type()).build())
        .putAttr("shape", shape(input.shape()))
        .build();
  }

  /** Gives variables whose shape the graph leaves open the shape of their saved value. */
  private static GraphDef withShapes(GraphDef graph, SavedModelFile file) {
    Map<String, SavedVariable> saved = new HashMap<>();
    file.variables().forEach(variable -> saved.put(variable.name(), variable));
    GraphDef.Builder result = graph.toBuilder().clearNode();
    for (NodeDef node : graph.getNodeList()) {
      SavedVariable variable = saved.get(node.getName());
      result.addNode(
          variable == null
              ? node
              : node.toBuilder().putAttr("shape", shape(variable.shape())).build());
    }
    return result.build();
  }

  private static AttrValue shape(Shape shape) {
    return AttrValue.newBuilder().setShape(TensorSpec.proto(shape)).build();
  }
}
