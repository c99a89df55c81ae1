package example;

import example.Digits.Batch;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.framework.optimizers.Optimizer;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** A training program for TensorFlow-Java whose optimizer is exchanged. */
public final class DropIn {
  private DropIn() {}

  public static void main(String[] arguments) {
    System.out.println("losses " + train(Digits.batches(40, 64, 1)));
  }

  static List<Float> train(List<Batch> batches) {
    List<Float> losses = new ArrayList<>();
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> images =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 28, 28, 1)));
      Placeholder<TFloat32> labels =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 10)));
      Operand<TFloat32> logits = Network.of(tf, images); // any graph of yours
      Operand<TFloat32> loss =
          tf.math.mean(tf.nn.softmaxCrossEntropyWithLogits(logits, labels).loss(), tf.constant(0));

      Optimizer optimizer = // was: new Momentum(graph, 0.05f, 0.9f)
          new Kfac(graph, KfacOptions.nkfac().withLearningRate(0.05));
      Op train = optimizer.minimize(loss);

      try (Session session = new Session(graph)) {
        session.initialize();
        for (Batch batch : batches) { // the loop stays as it is
          Session.Runner step = session.runner().addTarget(train).fetch(loss);
          step.feed(images, batch.images()).feed(labels, batch.labels());
          try (Result result = step.run()) {
            losses.add(((TFloat32) result.get(0)).getFloat());
          }
        }
      }
    }
    return losses;
  }
}
