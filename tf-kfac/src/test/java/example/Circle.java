package example;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToIntFunction;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

/** A user's network of two dense layers, {@code hidden} and {@code head}, and its training loop. */
final class Circle implements AutoCloseable {

  final Graph graph = new Graph();
  final Operand<TFloat32> logits;
  final Operand<TFloat32> loss;
  private final Placeholder<TFloat32> points;
  private final Placeholder<TFloat32> labels;

  /** Tells whether points lie inside of a circle. */
  Circle() {
    Ops tf = Ops.create(graph);
    points = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2)));
    labels = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2)));
    Operand<TFloat32> hidden = tf.nn.relu(dense(tf.withSubScope("hidden"), points, 2, 16));
    logits = dense(tf.withSubScope("head"), hidden, 16, 2);
    loss = tf.math.mean(tf.nn.softmaxCrossEntropyWithLogits(logits, labels).loss(), tf.constant(0));
  }

  private static Operand<TFloat32> dense(Ops tf, Operand<TFloat32> x, int inputs, int outputs) {
    Variable<TFloat32> kernel =
        tf.withName("kernel").variable(tf.constant(random(inputs, outputs, inputs)));
    Variable<TFloat32> bias = tf.withName("bias").variable(tf.constant(new float[outputs]));
    return tf.math.add(tf.linalg.matMul(x, kernel), bias);
  }

  /** Losses of a number of steps from some step on. */
  List<Float> train(Session session, Op step, int from, int steps) {
    List<Float> losses = new ArrayList<>();
    for (int i = from; i < from + steps; i++) {
      float[][] x = random(32, 2, 100 + i);
      try (TFloat32 batch = TFloat32.tensorOf(StdArrays.ndCopyOf(x));
          TFloat32 classes = TFloat32.tensorOf(StdArrays.ndCopyOf(oneHot(x, Circle::inside)));
          Result result =
              session
                  .runner()
                  .feed(points, batch)
                  .feed(labels, classes)
                  .addTarget(step)
                  .fetch(loss)
                  .run()) {
        losses.add(((TFloat32) result.get(0)).getFloat());
      }
    }
    return losses;
  }

  /** Losses of the first and the last of 60 steps from new variables. */
  float[] firstAndLast(Op step) {
    try (Session session = new Session(graph)) {
      session.initialize();
      List<Float> losses = train(session, step, 0, 60);
      return new float[] {losses.get(0), losses.get(59)};
    }
  }

  private static int inside(float[] point) {
    return Math.hypot(point[0], point[1]) < 1.2 ? 1 : 0;
  }

  private static float[][] oneHot(float[][] points, ToIntFunction<float[]> label) {
    float[][] classes = new float[points.length][2];
    for (int i = 0; i < points.length; i++) {
      classes[i][label.applyAsInt(points[i])] = 1;
    }
    return classes;
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

  @Override
  public void close() {
    graph.close();
  }
}
