package io.github.tfkfac.tools.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.SavedModelException;
import io.github.tfkfac.models.savedmodel.SavedModelFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedVariable;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/** Readers of SavedModels and of the index of their variables. */
class SavedModelFuzzTest {

  private static final Property MODELS = Property.throwing(SavedModelException.class);
  private static final long TABLE = 0xdb4775248b80fb57L;
  private static final byte SNAPPY = 1;
  private static final String SIGNATURE = "serving_default";

  @TempDir static Path folder;

  @FuzzTest
  void savedModel(byte[] data) throws Exception {
    Path file = folder.resolve("model/saved_model.pb");
    Property.write(file, data);
    MODELS.check("model", 0, () -> open(file.getParent()));
  }

  /** The graph of a model whose signature maps {@code x} to {@code y}. */
  @FuzzTest
  void graph(byte[] data) throws Exception {
    GraphDef graph;
    try {
      graph = GraphDef.parseFrom(data);
    } catch (InvalidProtocolBufferException none) {
      return;
    }
    SignatureDef signature =
        SignatureDef.newBuilder()
            .putInputs("x", TensorInfo.newBuilder().setName("x:0").build())
            .putOutputs("y", TensorInfo.newBuilder().setName("y:0").build())
            .build();
    MetaGraphDef model =
        MetaGraphDef.newBuilder().setGraphDef(graph).putSignatureDef(SIGNATURE, signature).build();
    Path of = folder.resolve("graph");
    write(of, model);
    MODELS.check("", 0, () -> open(of));
  }

  @FuzzTest
  void objectGraph(byte[] data) throws Exception {
    SavedObjectGraph objects;
    try {
      objects = SavedObjectGraph.parseFrom(data);
    } catch (InvalidProtocolBufferException none) {
      return;
    }
    Path of = folder.resolve("objects");
    write(of, MetaGraphDef.newBuilder().setObjectGraphDef(objects).build());
    Property.write(of.resolve("variables/variables.index"), table((byte) 0, new byte[8]));
    MODELS.check("", 0, () -> open(of));
  }

  @FuzzTest
  void checkpointIndex(byte[] data) throws Exception {
    readIndex(data);
  }

  /** A table with one block that holds these bytes, said to be compressed. */
  @FuzzTest
  void snappyBlock(byte[] data) throws Exception {
    readIndex(table(SNAPPY, data));
  }

  private static void readIndex(byte[] index) throws Exception {
    Path of = folder.resolve("indexed");
    SavedObject variable =
        SavedObject.newBuilder().setVariable(SavedVariable.getDefaultInstance()).build();
    write(
        of,
        MetaGraphDef.newBuilder()
            .setObjectGraphDef(SavedObjectGraph.newBuilder().addNodes(variable))
            .build());
    MODELS.checkFile(of.resolve("variables/variables.index"), index, () -> SavedModelFile.read(of));
  }

  /** A table as LevelDB writes it, with its one block as index and as content. */
  private static byte[] table(byte compression, byte[] block) {
    ByteBuffer table =
        ByteBuffer.allocate(block.length + 5 + 48).order(ByteOrder.LITTLE_ENDIAN).put(block);
    table.put(block.length, compression);
    int footer = block.length + 5;
    table.put(footer, (byte) 0).put(footer + 1, (byte) 0).put(footer + 2, (byte) 0);
    table.position(footer + 3);
    for (int size = block.length; ; size >>>= 7) {
      table.put((byte) (size < 128 ? size : (size & 127) | 128));
      if (size < 128) {
        break;
      }
    }
    return table.putLong(footer + 40, TABLE).array();
  }

  private static void write(Path of, MetaGraphDef model) throws Exception {
    MetaGraphDef.Builder served = model.toBuilder();
    served.getMetaInfoDefBuilder().addTags("serve");
    Property.write(
        of.resolve("saved_model.pb"),
        SavedModel.newBuilder().addMetaGraphs(served).build().toByteArray());
  }

  private static int open(Path model) {
    SavedModelFile file = SavedModelFile.read(model);
    int operations = 0;
    for (String signature : file.signatures().keySet()) {
      try (LoadedModel loaded = LoadedModel.open(file, List.of(signature))) {
        operations += loaded.graph().toGraphDef().getNodeCount();
      }
    }
    return operations;
  }
}
