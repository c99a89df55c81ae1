package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.layer.Bias;
import io.github.tfkfac.models.layer.Convolution;
import io.github.tfkfac.models.layer.Dense;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.ParameterStore;
import io.github.tfkfac.models.savedmodel.LoadedModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.types.TFloat32;

/** A small SavedModel: images of 8×8×3 through a convolution and a dense layer with softmax. */
final class TinySavedModel {

  private static final String SIGNATURE = "serving_default";
  private static final String OUTPUT = "scores";

  private TinySavedModel() {}

  static Path write(Path folder, int classes) {
    return write(folder, classes, new Convolution(4, 3).withStride(2));
  }

  /** With a last layer of 3,072 inputs. */
  static Path writeWide(Path folder, int classes) {
    return write(folder, classes, new Convolution(48, 3));
  }

  private static Path write(Path folder, int classes, Convolution convolution) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      LayerContext<TFloat32> context =
          LayerContext.inference(tf, new ParameterStore<>(tf, TFloat32.class, 7));
      Placeholder<TFloat32> images =
          tf.withName("images")
              .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 8, 8, 3)));
      Operand<TFloat32> hidden =
          tf.nn.relu(convolution.withBias(Bias.ZERO_AT_START).apply(context.in("conv"), images));
      Operand<TFloat32> logits = new Dense(classes).apply(context.in("classes"), hidden);
      Operand<TFloat32> scores = tf.withName(OUTPUT).nn.softmax(logits);
      export(folder, graph, Signature.builder(SIGNATURE).input("x", images).output("y", scores));
    }
    return folder;
  }

  /** A model whose output depends on no variable: twice the input. */
  static Path writeDouble(Path folder) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> x =
          tf.withName("x").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 192)));
      tf.withName("unused").variable(tf.constant(1f));
      Operand<TFloat32> slices = tf.withName("slices").slice(x, tf.array(0, 0), tf.array(-1, 10));
      export(folder, graph, Signature.builder(SIGNATURE).input("x", x).output("y", slices));
    }
    return folder;
  }

  private static void export(Path folder, Graph graph, Signature.Builder signature) {
    try (Session session = new Session(graph)) {
      session.initialize();
      SavedModelBundle.exporter(folder.toString())
          .withSession(session)
          .withSignature(signature.build())
          .export();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes the output wait for a loop. */
  static Path withLoop(Path folder) throws IOException {
    Path file = folder.resolve("saved_model.pb");
    SavedModel.Builder saved = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
    MetaGraphDef.Builder model = saved.getMetaGraphsBuilder(0);
    model.getGraphDefBuilder().getNodeBuilderList().stream()
        .filter(node -> node.getName().equals(OUTPUT))
        .forEach(node -> node.addInput("^repeat"));
    model
        .getGraphDefBuilder()
        .addNode(NodeDef.newBuilder().setName("repeat").setOp("StatelessWhile"));
    Files.write(file, saved.build().toByteArray());
    return folder;
  }

  /** The values of a model's variables by name. */
  static Map<String, List<Float>> values(Path folder) {
    Map<String, List<Float>> values = new TreeMap<>();
    try (LoadedModel model = LoadedModel.open(folder, SIGNATURE);
        Session session = new Session(model.graph())) {
      Ops tf = Ops.create(model.graph());
      model.restore(session);
      model
          .graphVariables()
          .forEach(
              (saved, variable) -> {
                try (Result result = session.runner().fetch(variable.read(tf)).run()) {
                  values.put(saved.name(), ((TFloat32) result.get(0)).streamOfObjects().toList());
                }
              });
    }
    return values;
  }
}
