package example;

import example.Digits.Batch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** A graph with a network, its loss and its loop, in place of a program of yours. */
final class DigitsModel implements AutoCloseable {
  final Graph graph = new Graph();
  final Operand<TFloat32> logits;
  final Operand<TFloat32> loss;
  private final Ops tf = Ops.create(graph);
  private final Placeholder<TFloat32> images;
  private final Placeholder<TFloat32> labels;

  DigitsModel() {
    images = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 28, 28, 1)));
    labels = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 10)));
    logits = Network.of(tf, images);
    loss = tf.math.mean(tf.nn.softmaxCrossEntropyWithLogits(logits, labels).loss(), tf.constant(0));
  }

  /** Trains with every batch once; the losses. */
  List<Float> train(Session session, Op step, List<Batch> batches) {
    List<Float> losses = new ArrayList<>();
    for (Batch batch : batches) {
      Session.Runner runner = session.runner().addTarget(step).fetch(loss);
      try (Result result = runner.feed(images, batch.images()).feed(labels, batch.labels()).run()) {
        losses.add(((TFloat32) result.get(0)).getFloat());
      }
    }
    return losses;
  }

  /** The same from the initial values, with generated batches. */
  List<Float> train(Op step, int steps) {
    try (Session session = new Session(graph)) {
      session.initialize();
      return train(session, step, Digits.batches(steps, 64, 1));
    }
  }

  /** Writes an untrained network as a SavedModel. */
  static void write(Path folder) throws IOException {
    try (DigitsModel model = new DigitsModel();
        Session session = new Session(model.graph)) {
      session.initialize();
      SavedModelBundle.exporter(folder.toString())
          .withSession(session)
          .withSignature(
              Signature.builder()
                  .key("serving_default")
                  .input("images", model.images)
                  .output("probabilities", model.tf.nn.softmax(model.logits))
                  .build())
          .export();
    }
  }

  @Override
  public void close() {
    graph.close();
  }
}
