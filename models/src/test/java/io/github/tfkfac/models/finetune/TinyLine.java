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
import org.tensorflow.types.TFloat32;

/** Writes y = 0.5 x + 2 as a SavedModel. */
final class TinyLine {

  private TinyLine() {}

  static Path write(Path folder) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> x =
          tf.withName("x").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 1)));
      Variable<TFloat32> slope = tf.withName("slope").variable(tf.constant(0.5f));
      Variable<TFloat32> shift = tf.withName("shift").variable(tf.constant(2f));
      Operand<TFloat32> y =
          tf.withName("y").math.add(tf.math.mul(tf.identity(slope), x), tf.identity(shift));
      try (Session session = new Session(graph)) {
        session.initialize();
        SavedModelBundle.exporter(folder.toString())
            .withSession(session)
            .withSignature(
                Signature.builder("serving_default").input("x", x).output("y", y).build())
            .export();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return folder;
  }
}
