package io.github.tfkfac.models.savedmodel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;

/**
 * The plain graph of some signatures of a model: no calls of functions, nothing that the signatures
 * do not need.
 *
 * @param graph the graph
 * @param tensors for every tensor that the signatures name, the one in the graph
 * @param sideEffects for signatures that write, the operation that does it
 * @param initialization the operation that readies tables and variables without a saved value
 */
record ModelGraph(
    GraphDef graph,
    Map<String, TensorRef> tensors,
    Map<String, String> sideEffects,
    Optional<String> initialization) {

  /**
   * Builds the graph.
   *
   * @throws SavedModelException if a part that is needed has loops or branches
   */
  static ModelGraph of(SavedModelFile file, List<SignatureSpec> signatures) {
    MetaGraphDef model = file.model();
    Optional<String> init = Initialization.operation(model);
    Set<String> wanted = new LinkedHashSet<>();
    signatures.forEach(signature -> wanted.addAll(nodes(signature)));
    init.ifPresent(wanted::add);
    GraphDef cut = withPlaceholders(model.getGraphDef(), signatures);
    InlinedGraph inlined =
        VariableHandles.merge(FunctionInliner.inline(GraphSlice.of(cut, wanted)));

    Map<String, TensorRef> tensors = new HashMap<>();
    List<Set<String>> outputs = new ArrayList<>();
    for (SignatureSpec signature : signatures) {
      Set<String> nodes = new LinkedHashSet<>();
      for (TensorSpec output : signature.outputs().values()) {
        TensorRef resolved = inlined.resolve(TensorRef.parse(output.tensor()));
        tensors.put(output.tensor(), resolved);
        nodes.add(resolved.node());
      }
      signature
          .inputs()
          .values()
          .forEach(input -> tensors.put(input.tensor(), TensorRef.parse(input.tensor())));
      outputs.add(nodes);
    }
    SideEffects.Detached detached = SideEffects.detach(inlined.graph(), outputs);
    GraphDef.Builder whole = detached.graph().toBuilder();
    Map<String, String> sideEffects = new HashMap<>();
    Set<String> kept = new HashSet<>();
    for (int i = 0; i < signatures.size(); i++) {
      SignatureSpec signature = signatures.get(i);
      signature
          .inputs()
          .values()
          .forEach(input -> kept.add(TensorRef.parse(input.tensor()).node()));
      kept.addAll(outputs.get(i));
      if (!detached.removed().get(i).isEmpty()) {
        String name = "side_effects/" + signature.name();
        NodeDef.Builder group = NodeDef.newBuilder().setName(name).setOp("NoOp");
        detached.removed().get(i).forEach(node -> group.addInput("^" + node));
        whole.addNode(group);
        sideEffects.put(signature.name(), name);
        kept.add(name);
      }
    }
    GraphDef forward = GraphSlice.of(whole.build(), kept);
    GraphSlice.refuseControlFlow(
        forward, String.join("', '", signatures.stream().map(SignatureSpec::name).toList()));
    Optional<String> needed = init.filter(name -> Initialization.isNeeded(forward, file));
    needed.ifPresent(kept::add);
    GraphDef result = needed.isEmpty() ? forward : GraphSlice.of(whole.build(), kept);
    return new ModelGraph(
        withShapes(FunctionLibrary.pruned(result), file), tensors, sideEffects, needed);
  }

  /** The tensor that a signature calls by this name. */
  TensorRef tensor(String name) {
    TensorRef found = tensors.get(name);
    if (found == null) {
      throw new IllegalStateException("no signature of the graph has tensor '" + name + "'");
    }
    return found;
  }

  private static Set<String> nodes(SignatureSpec signature) {
    Set<String> nodes = new LinkedHashSet<>();
    signature.inputs().values().forEach(spec -> nodes.add(TensorRef.parse(spec.tensor()).node()));
    signature.outputs().values().forEach(spec -> nodes.add(TensorRef.parse(spec.tensor()).node()));
    return nodes;
  }

  /** Lets every input of a signature be a placeholder of its declared type and shape. */
  private static GraphDef withPlaceholders(GraphDef graph, List<SignatureSpec> signatures) {
    Map<String, TensorSpec> inputs = new HashMap<>();
    for (SignatureSpec signature : signatures) {
      for (TensorSpec input : signature.inputs().values()) {
        TensorRef reference = TensorRef.parse(input.tensor());
        if (reference.index() == 0) {
          inputs.put(reference.node(), input);
        }
      }
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
    TensorShapeProto.Builder proto = TensorShapeProto.newBuilder();
    if (shape.isUnknown()) {
      proto.setUnknownRank(true);
    } else {
      for (long size : shape.asArray()) {
        proto.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
      }
    }
    return AttrValue.newBuilder().setShape(proto).build();
  }
}
