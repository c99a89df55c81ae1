package io.github.tfkfac.models.savedmodel;

import io.github.tfkfac.extension.GraphVariable;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** Makes one node of all handles to the same resource variable. */
final class VariableHandles {

  /** TensorFlow's name of variables that are never shared. */
  private static final String ANONYMOUS = "cd2c89b7-88b7-44c8-ad83-06c2a9158347";

  private VariableHandles() {}

  /**
   * Lets every consumer use the first of the handles that name the same variable: equal containers
   * and shared names.
   */
  static InlinedGraph merge(InlinedGraph inlined) {
    Map<String, String> first = new HashMap<>();
    Map<TensorRef, TensorRef> replacements = new HashMap<>(inlined.replacements());
    Map<String, String> merged = new HashMap<>();
    for (NodeDef node : inlined.graph().getNodeList()) {
      resource(node)
          .map(resource -> first.putIfAbsent(resource, node.getName()))
          .ifPresent(
              kept -> {
                merged.put(node.getName(), kept);
                replacements.put(new TensorRef(node.getName(), 0), new TensorRef(kept, 0));
              });
    }
    GraphDef.Builder graph = inlined.graph().toBuilder().clearNode();
    for (NodeDef node : inlined.graph().getNodeList()) {
      if (!merged.containsKey(node.getName())) {
        graph.addNode(redirect(node, merged));
      }
    }
    return new InlinedGraph(graph.build(), replacements);
  }

  /**
   * Gives handles other names and lets every consumer follow.
   *
   * @param names for every handle that gets another name, that name; several may get the same
   * @param dropped handles that are left out, since another one gets their new name
   */
  static GraphDef rename(GraphDef graph, Map<String, String> names, Set<String> dropped) {
    GraphDef.Builder renamed = graph.toBuilder().clearNode();
    for (NodeDef node : graph.getNodeList()) {
      if (!dropped.contains(node.getName())) {
        renamed.addNode(
            redirect(node, names).toBuilder()
                .setName(names.getOrDefault(node.getName(), node.getName())));
      }
    }
    return renamed.build();
  }

  /** The resource that a node is a handle to; empty for other nodes and for unshared variables. */
  static Optional<String> resource(NodeDef node) {
    String shared = text(node, "shared_name");
    return node.getOp().equals(GraphVariable.RESOURCE)
            && !shared.isEmpty()
            && !shared.equals(ANONYMOUS)
        ? Optional.of(text(node, "container") + "\n" + shared)
        : Optional.empty();
  }

  private static NodeDef redirect(NodeDef node, Map<String, String> merged) {
    NodeDef.Builder redirected = node.toBuilder().clearInput();
    for (TensorRef input : TensorRef.inputs(node)) {
      String kept = merged.getOrDefault(input.node(), input.node());
      String reference = new TensorRef(kept, input.index()).toString();
      if (!input.isControl() || !redirected.getInputList().contains(reference)) {
        redirected.addInput(reference);
      }
    }
    return GradientFunctions.renamed(
        redirected.build(),
        tensor -> new TensorRef(merged.getOrDefault(tensor.node(), tensor.node()), tensor.index()));
  }

  private static String text(NodeDef node, String attribute) {
    return node.getAttrOrDefault(attribute, AttrValue.getDefaultInstance()).getS().toStringUtf8();
  }
}
