package io.github.tfkfac.tools.memory;

import java.util.List;
import java.util.Map;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Puts placeholders of full shape in the place of operations.
 *
 * @param inputs shapes that placeholders of the graph get, by name
 * @param replaced operations that become placeholders, one for each of their outputs
 */
record FixedInputs(Map<String, Shape> inputs, Map<String, List<StaticShapes.Tensor>> replaced) {

  private static final String PLACEHOLDER = "Placeholder";
  private static final String SHAPE = "shape";

  GraphDef in(GraphDef graph) {
    GraphDef.Builder changed = graph.toBuilder().clearNode();
    for (NodeDef node : graph.getNodeList()) {
      List<StaticShapes.Tensor> outputs = replaced.get(node.getName());
      if (outputs == null) {
        changed.addNode(rewired(node));
        continue;
      }
      for (int i = 0; i < outputs.size(); i++) {
        changed.addNode(
            NodeDef.newBuilder()
                .setName(name(node.getName(), i))
                .setOp(PLACEHOLDER)
                .putAttr(
                    "dtype", AttrValue.newBuilder().setType(LargestShape.type(node, i)).build())
                .putAttr(SHAPE, attribute(outputs.get(i).shape())));
      }
    }
    return changed.build();
  }

  private NodeDef rewired(NodeDef node) {
    NodeDef.Builder changed = node.toBuilder().clearInput();
    for (String text : node.getInputList()) {
      Source source = Source.parse(text);
      if (!replaced.containsKey(source.operation())) {
        changed.addInput(text);
      } else if (source.isControl()) {
        changed.addInput("^" + name(source.operation(), 0));
      } else {
        changed.addInput(name(source.operation(), source.index()));
      }
    }
    Shape shape = inputs.get(node.getName());
    if (shape != null) {
      changed.putAttr(SHAPE, attribute(shape));
    }
    return changed.removeAttr("_output_shapes").build();
  }

  private static String name(String operation, int output) {
    return output == 0 ? operation : operation + "_bound_" + output;
  }

  private static AttrValue attribute(Shape shape) {
    TensorShapeProto.Builder proto = TensorShapeProto.newBuilder();
    for (long size : shape.asArray()) {
      proto.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return AttrValue.newBuilder().setShape(proto).build();
  }
}
