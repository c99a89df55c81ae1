package io.github.tfkfac.models.finetune;

import java.io.IOException;
import java.io.UncheckedIOException;
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
import org.tensorflow.types.TFloat16;

/** Writes a dense layer with softmax, all of float16, as a SavedModel. */
final class HalfModel {

  private HalfModel() {}

  static Path write(Path folder) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat16> images =
          tf.withName("images").placeholder(TFloat16.class, Placeholder.shape(Shape.of(-1, 48)));
      Variable<TFloat16> kernel =
          tf.withName("kernel").variable(tf.zeros(tf.array(48, 3), TFloat16.class));
      Variable<TFloat16> bias = tf.withName("bias").variable(tf.zeros(tf.array(3), TFloat16.class));
      Operand<TFloat16> logits =
          tf.nn.biasAdd(tf.linalg.matMul(images, tf.identity(kernel)), tf.identity(bias));
      try (Session session = new Session(graph)) {
        session.initialize();
        SavedModelBundle.exporter(folder.toString())
            .withSession(session)
            .withSignature(
                Signature.builder()
                    .key("serving_default")
                    .methodName("tensorflow/serving/predict")
                    .input("images", images)
                    .output("probabilities", tf.nn.softmax(logits))
                    .build())
            .export();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return folder;
  }
}
