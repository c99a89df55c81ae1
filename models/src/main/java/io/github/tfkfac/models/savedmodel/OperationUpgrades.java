package io.github.tfkfac.models.savedmodel;

import java.util.List;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** Replaces operations by others that compute the same and have a gradient. */
final class OperationUpgrades {

  private OperationUpgrades() {}

  /**
   * A graph with {@code FusedBatchNorm} and {@code FusedBatchNormV2} in their third version, and
   * with lookups in a variable ({@code ResourceGather}) as lookups in its value.
   */
  static GraphDef apply(GraphDef graph) {
    GraphDef.Builder upgraded = graph.toBuilder().clearNode();
    for (NodeDef node : graph.getNodeList()) {
      switch (node.getOp()) {
        case "ResourceGather" -> upgraded.addAllNode(gather(node));
        case "ResourceGatherNd" -> upgraded.addAllNode(gatherNd(node));
        default -> upgraded.addNode(apply(node));
      }
    }
    return upgraded.build();
  }

  private static List<NodeDef> gather(NodeDef node) {
    long batch = attribute(node, "batch_dims").getI();
    NodeDef axis =
        NodeDef.newBuilder()
            .setName(node.getName() + "/axis")
            .setOp("Const")
            .putAttr("dtype", type(DataType.DT_INT32))
            .putAttr(
                "value",
                AttrValue.newBuilder()
                    .setTensor(
                        TensorProto.newBuilder()
                            .setDtype(DataType.DT_INT32)
                            .setTensorShape(TensorShapeProto.getDefaultInstance())
                            .addIntVal(Math.toIntExact(batch)))
                    .build())
            .build();
    NodeDef.Builder gather =
        lookup(node, "GatherV2", "Tparams")
            .addInput(axis.getName())
            .putAttr("batch_dims", AttrValue.newBuilder().setI(batch).build())
            .putAttr("Taxis", type(DataType.DT_INT32));
    return List.of(read(node), axis, gather.build());
  }

  private static List<NodeDef> gatherNd(NodeDef node) {
    return List.of(read(node), lookup(node, "GatherNd", "Tparams").build());
  }

  /** The value of the variable that a lookup is in; it waits for what the lookup waits for. */
  private static NodeDef read(NodeDef lookup) {
    NodeDef.Builder read =
        NodeDef.newBuilder()
            .setName(lookup.getName() + "/read")
            .setOp("ReadVariableOp")
            .addInput(lookup.getInput(0))
            .putAttr("dtype", attribute(lookup, "dtype"));
    lookup.getInputList().stream().filter(input -> input.startsWith("^")).forEach(read::addInput);
    return read.build();
  }

  private static NodeDef.Builder lookup(NodeDef node, String op, String parameters) {
    return NodeDef.newBuilder()
        .setName(node.getName())
        .setOp(op)
        .addInput(node.getName() + "/read")
        .addInput(node.getInput(1))
        .putAttr(parameters, attribute(node, "dtype"))
        .putAttr("Tindices", attribute(node, "Tindices"));
  }

  private static AttrValue attribute(NodeDef node, String name) {
    return node.getAttrOrDefault(name, AttrValue.getDefaultInstance());
  }

  private static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }

  private static NodeDef apply(NodeDef node) {
    return switch (node.getOp()) {
      case "FusedBatchNorm" ->
          node.toBuilder().setOp("FusedBatchNormV3").putAttr("U", type(DataType.DT_FLOAT)).build();
      case "FusedBatchNormV2" -> node.toBuilder().setOp("FusedBatchNormV3").build();
      default -> node;
    };
  }
}
