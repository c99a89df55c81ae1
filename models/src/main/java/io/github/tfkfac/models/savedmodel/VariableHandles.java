package io.github.tfkfac.models.savedmodel;

import io.github.tfkfac.state.GraphVariable;
import java.util.HashMap;
import java.util.Map;
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
      String shared = text(node, "shared_name");
      if (node.getOp().equals(GraphVariable.RESOURCE)
          && !shared.isEmpty()
          && !shared.equals(ANONYMOUS)) {
        String kept = first.putIfAbsent(text(node, "container") + "\n" + shared, node.getName());
        if (kept != null) {
          merged.put(node.getName(), kept);
          replacements.put(new TensorRef(node.getName(), 0), new TensorRef(kept, 0));
        }
      }
    }
    GraphDef.Builder graph = inlined.graph().toBuilder().clearNode();
    for (NodeDef node : inlined.graph().getNodeList()) {
      if (!merged.containsKey(node.getName())) {
        graph.addNode(redirect(node, merged));
      }
    }
    return new InlinedGraph(graph.build(), replacements);
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
