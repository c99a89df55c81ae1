package io.github.tfkfac.models.savedmodel;

import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** Replaces old operations by later ones that compute the same and have a gradient. */
final class OperationUpgrades {

  private OperationUpgrades() {}

  /** A graph with {@code FusedBatchNorm} and {@code FusedBatchNormV2} in their third version. */
  static GraphDef apply(GraphDef graph) {
    GraphDef.Builder upgraded = graph.toBuilder().clearNode();
    graph.getNodeList().forEach(node -> upgraded.addNode(apply(node)));
    return upgraded.build();
  }

  private static NodeDef apply(NodeDef node) {
    return switch (node.getOp()) {
      case "FusedBatchNorm" ->
          node.toBuilder()
              .setOp("FusedBatchNormV3")
              .putAttr("U", AttrValue.newBuilder().setType(DataType.DT_FLOAT).build())
              .build();
      case "FusedBatchNormV2" -> node.toBuilder().setOp("FusedBatchNormV3").build();
      default -> node;
    };
  }
}
