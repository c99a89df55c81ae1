package example;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.framework.optimizers.Momentum;
import org.tensorflow.framework.optimizers.Optimizer;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.op.nn.SoftmaxCrossEntropyWithLogits;
import org.tensorflow.types.TFloat32;

/** A training program of a TensorFlow-Java user, with either optimizer. */
class DropInTest {

  private static final int STEPS = 40;

  @Test
  void aProgramTrainsWithMomentum() {
    assertTrains(train(graph -> new Momentum(graph, 0.05f, 0.9f)));
  }

  @Test
  void theSameProgramTrainsWithKfac() {
    assertTrains(train(graph -> new Kfac(graph, KfacOptions.nkfac().withLearningRate(0.05))));
  }

  private static void assertTrains(List<Float> losses) {
    assertThat(losses).hasSize(STEPS).allMatch(Float::isFinite);
    assertThat(losses.get(STEPS - 1)).isLessThan(0.5f * losses.get(0));
  }

  /** Tells whether points lie inside of a circle; returns the loss of every step. */
  private static List<Float> train(Function<Graph, Optimizer> optimizers) {
    List<Float> losses = new ArrayList<>();
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> points =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2)));
      Placeholder<TFloat32> labels =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2)));
      Variable<TFloat32> w1 = tf.variable(tf.constant(random(2, 16, 1)));
      Variable<TFloat32> b1 = tf.variable(tf.constant(new float[16]));
      Variable<TFloat32> w2 = tf.variable(tf.constant(random(16, 2, 2)));
      Variable<TFloat32> b2 = tf.variable(tf.constant(new float[2]));
      Operand<TFloat32> hidden = tf.nn.relu(tf.math.add(tf.linalg.matMul(points, w1), b1));
      Operand<TFloat32> logits = tf.math.add(tf.linalg.matMul(hidden, w2), b2);
      SoftmaxCrossEntropyWithLogits<TFloat32> crossEntropy =
          tf.nn.softmaxCrossEntropyWithLogits(logits, labels);
      Operand<TFloat32> loss = tf.math.mean(crossEntropy.loss(), tf.constant(0));

      Optimizer optimizer = optimizers.apply(graph);
      Op train = optimizer.minimize(loss);

      try (Session session = new Session(graph)) {
        session.initialize();
        for (int step = 0; step < STEPS; step++) {
          float[][] x = random(32, 2, 100 + step);
          try (TFloat32 batch = TFloat32.tensorOf(StdArrays.ndCopyOf(x));
              TFloat32 classes = TFloat32.tensorOf(StdArrays.ndCopyOf(insideOfCircle(x)));
              Result result =
                  session
                      .runner()
                      .feed(points, batch)
                      .feed(labels, classes)
                      .addTarget(train)
                      .fetch(loss)
                      .run()) {
            losses.add(((TFloat32) result.get(0)).getFloat());
          }
        }
      }
    }
    return losses;
  }

  private static float[][] random(int rows, int columns, long seed) {
    Random random = new Random(seed);
    float[][] values = new float[rows][columns];
    for (float[] row : values) {
      for (int i = 0; i < columns; i++) {
        row[i] = (float) random.nextGaussian();
      }
    }
    return values;
  }

  private static float[][] insideOfCircle(float[][] points) {
    float[][] classes = new float[points.length][2];
    for (int i = 0; i < points.length; i++) {
      boolean inside = Math.hypot(points[i][0], points[i][1]) < 1.2;
      classes[i][inside ? 1 : 0] = 1;
    }
    return classes;
  }
}
