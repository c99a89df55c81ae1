package io.github.tfkfac.models.savedmodel;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.proto.TensorProto;

/**
 * The texts of a constant tensor in a graph's description: as a list, where one text may stand for
 * all that follow, or as bytes, the lengths of all texts before their letters.
 */
final class StringConstant {

  private StringConstant() {}

  /** The texts, in row-major order; empty if the tensor has none or is damaged. */
  static List<String> texts(TensorProto tensor) {
    if (tensor.getTensorContent().isEmpty()) {
      return tensor.getStringValList().stream().map(ByteString::toStringUtf8).toList();
    }
    long count = 1;
    for (int i = 0; i < tensor.getTensorShape().getDimCount(); i++) {
      count *= tensor.getTensorShape().getDim(i).getSize();
    }
    CodedInputStream content = tensor.getTensorContent().newCodedInput();
    try {
      List<Integer> lengths = new ArrayList<>();
      for (long i = 0; i < count; i++) {
        lengths.add(content.readRawVarint32());
      }
      List<String> texts = new ArrayList<>();
      for (int length : lengths) {
        texts.add(ByteString.copyFrom(content.readRawBytes(length)).toStringUtf8());
      }
      return texts;
    } catch (IOException e) {
      return List.of();
    }
  }
}
