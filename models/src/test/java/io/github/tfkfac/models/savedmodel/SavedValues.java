package io.github.tfkfac.models.savedmodel;

import io.github.tfkfac.internal.state.VariableAccess;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TString;

/** Reads a SavedModel's values as bytes. */
final class SavedValues {

  /** Element types that TensorFlow-Java has no class for. */
  private static final Set<DataType> NO_CLASS = Set.of(DataType.DT_INT8, DataType.DT_UINT32);

  private SavedValues() {}

  /** Every value in a model's variable files, by name. */
  static Map<String, ByteBuffer> of(Path model) {
    Path prefix = SavedModelFile.variablesPrefix(model);
    Map<String, CheckpointIndex.Entry> entries = CheckpointIndex.read(prefix).entries();
    Map<String, ByteBuffer> values = new TreeMap<>();
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Operand<TString> file = tf.constant(prefix.toString());
      entries.forEach(
          (key, entry) -> {
            Output<?> value =
                VariableAccess.restore(
                        tf,
                        file,
                        tf.constant(StandardCharsets.UTF_8, new String[] {key}),
                        tf.constant(StandardCharsets.UTF_8, new String[] {""}),
                        List.of(entry.type()))
                    .get(0);
            if (NO_CLASS.contains(entry.type())) {
              value =
                  tf.scope()
                      .opBuilder("Bitcast", "Bitcast")
                      .addInput(value)
                      .setAttr("type", DataType.DT_UINT8)
                      .build()
                      .output(0);
            }
            try (Result result = session.runner().fetch(value).run()) {
              values.put(key, bytes(result.get(0)));
            }
          });
    }
    return values;
  }

  /**
   * A floating-point value as numbers.
   *
   * @param value float32 or float64
   * @param size number of elements
   */
  static double[] numbers(ByteBuffer value, int size) {
    ByteBuffer bytes = value.duplicate().order(ByteOrder.nativeOrder()).rewind();
    int width = bytes.remaining() / size;
    double[] numbers = new double[size];
    for (int i = 0; i < size; i++) {
      numbers[i] =
          switch (width) {
            case Float.BYTES -> bytes.getFloat();
            case Double.BYTES -> bytes.getDouble();
            default ->
                throw new IllegalArgumentException(
                    "expected float32 or float64, found elements of " + width + " bytes");
          };
    }
    return numbers;
  }

  private static ByteBuffer bytes(Tensor tensor) {
    byte[] bytes;
    if (tensor instanceof TString text) {
      bytes = text.asBytes().getObject();
    } else {
      bytes = new byte[(int) tensor.numBytes()];
      tensor.asRawTensor().data().read(bytes);
    }
    return ByteBuffer.wrap(bytes);
  }
}
