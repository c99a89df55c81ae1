package io.github.tfkfac.models.savedmodel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.types.TFloat32;

/** A small model as TensorFlow-Java saves it: y = x W + b from three features to two scores. */
final class TinyModel {

  static final float[][] WEIGHT = {{1, 2}, {3, 4}, {5, 6}};
  static final float[] BIAS = {0.5f, -0.5f};

  private TinyModel() {}

  /** Writes the model. */
  static void write(Path folder) throws IOException {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> x =
          tf.withName("x").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 3)));
      Variable<TFloat32> weight = tf.withName("layer_weight").variable(tf.constant(WEIGHT));
      Variable<TFloat32> bias = tf.withName("layer_bias").variable(tf.constant(BIAS));
      Operand<TFloat32> y =
          tf.withName("y")
              .math
              .add(tf.linalg.matMul(tf.identity(x), tf.identity(weight)), tf.identity(bias));
      Signature signature =
          Signature.builder("serving_default").input("features", x).output("scores", y).build();
      try (Session session = new Session(graph)) {
        SavedModelBundle.exporter(folder.toString())
            .withSession(session)
            .withSignature(signature)
            .export();
      }
    }
  }

  /** Adds a loop to the way to the output. */
  static void addLoop(Path folder) throws IOException {
    Path file = folder.resolve("saved_model.pb");
    SavedModel.Builder saved = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
    MetaGraphDef.Builder model = saved.getMetaGraphsBuilder(0);
    for (NodeDef.Builder node : model.getGraphDefBuilder().getNodeBuilderList()) {
      if (node.getName().equals("y")) {
        node.addInput("^repeat");
      }
    }
    model.getGraphDefBuilder().addNode(GraphDefs.untyped("StatelessWhile", "repeat"));
    Files.write(file, saved.build().toByteArray());
  }
}
