package io.github.tfkfac.models.savedmodel;

import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * An input or output of a signature.
 *
 * @param tensor name of the tensor in the saved graph, such as {@code softmax_tensor:0}
 * @param type element type
 * @param shape shape; unknown sizes are -1
 */
public record TensorSpec(String tensor, DataType type, Shape shape) {

  static TensorSpec of(TensorInfo info) {
    return new TensorSpec(info.getName(), info.getDtype(), shape(info.getTensorShape()));
  }

  static Shape shape(TensorShapeProto proto) {
    return proto.getUnknownRank()
        ? Shape.unknown()
        : Shape.of(proto.getDimList().stream().mapToLong(TensorShapeProto.Dim::getSize).toArray());
  }

  static TensorShapeProto proto(Shape shape) {
    TensorShapeProto.Builder proto = TensorShapeProto.newBuilder();
    if (shape.isUnknown()) {
      proto.setUnknownRank(true);
    } else {
      for (long size : shape.asArray()) {
        proto.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
      }
    }
    return proto.build();
  }
}
