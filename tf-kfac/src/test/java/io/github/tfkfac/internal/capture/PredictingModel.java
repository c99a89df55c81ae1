package io.github.tfkfac.internal.capture;

import io.github.tfkfac.Averaging;
import io.github.tfkfac.Fisher;
import io.github.tfkfac.PredictiveDistribution;
import io.github.tfkfac.extension.FisherTap;
import io.github.tfkfac.testing.CapturedLayers;
import io.github.tfkfac.testing.TestGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/**
 * A small network with a loss for targets that are fed, and the extra passes of a Fisher matrix.
 */
final class PredictingModel implements AutoCloseable {

  /** How the network ends. */
  enum Head {
    CATEGORICAL,
    CATEGORICAL_MAP,
    GAUSSIAN,
    BERNOULLI
  }

  /** What the network consists of. */
  enum Body {
    DENSE,
    CONVOLUTION
  }

  /** A possible target of one example and its probability. */
  @SuppressWarnings("ArrayRecordComponent")
  record Outcome(double[] target, double probability) {}

  static final int OUTPUTS = 3;
  static final double PRECISION = 0.7;
  private static final int POSITIONS = 2;

  final TestGraph<TFloat64> graph = TestGraph.float64();
  final Placeholder<TFloat64> x;
  final Placeholder<TFloat64> y;
  final Operand<TFloat64> z;
  final Operand<TFloat64> loss;
  final PredictiveDistribution<TFloat64> distribution;
  final CapturedLayers<TFloat64> layers;

  private final Head head;
  private final Shape inputShape;
  private final Shape outputShape;
  private final Placeholder<TFloat64> dueInput = graph.input(Shape.scalar());
  private final Placeholder<TFloat64> stepInput = graph.input(Shape.scalar());
  final Operand<TBool> due;
  final Operand<TInt64> step;

  PredictingModel(Body body, Head head) {
    this.head = head;
    Ops tf = graph.tf;
    due = tf.math.greater(dueInput, tf.constant(0.0));
    step = tf.dtypes.cast(stepInput, TInt64.class);
    inputShape = body == Body.DENSE ? Shape.of(-1, 4) : Shape.of(-1, 4, 3, 2);
    outputShape =
        head == Head.CATEGORICAL_MAP ? Shape.of(-1, POSITIONS, OUTPUTS) : Shape.of(-1, OUTPUTS);
    x = graph.input(inputShape);
    y = graph.input(outputShape);
    int outputs = head == Head.CATEGORICAL_MAP ? POSITIONS * OUTPUTS : OUTPUTS;
    Operand<TFloat64> flat = body == Body.DENSE ? dense(outputs) : convolution(outputs);
    z = head == Head.CATEGORICAL_MAP ? tf.reshape(flat, tf.array(-1, POSITIONS, OUTPUTS)) : flat;
    loss = loss();
    distribution =
        switch (head) {
          case CATEGORICAL -> PredictiveDistribution.categorical(z);
          case CATEGORICAL_MAP -> PredictiveDistribution.categorical(z, Averaging.POSITIONS);
          case GAUSSIAN -> PredictiveDistribution.gaussian(z, PRECISION, Averaging.EXAMPLES);
          case BERNOULLI -> PredictiveDistribution.bernoulli(z);
        };
    layers = new CapturedLayers<>(graph, loss);
  }

  /** The last layer has no bias, so that its output is the model's. */
  private Operand<TFloat64> dense(int outputs) {
    Ops tf = graph.tf;
    Operand<TFloat64> hidden =
        tf.math.softplus(
            tf.nn.biasAdd(
                tf.linalg.matMul(x, graph.variable("w1", 1, Shape.of(4, 3))),
                graph.variable("b1", 2, Shape.of(3))));
    return tf.linalg.matMul(hidden, graph.variable("w2", 3, Shape.of(3, outputs)));
  }

  private Operand<TFloat64> convolution(int outputs) {
    Ops tf = graph.tf;
    List<Long> once = List.of(1L, 1L, 1L, 1L);
    Operand<TFloat64> map =
        tf.math.tanh(
            tf.nn.biasAdd(
                tf.nn.conv2d(x, graph.variable("k1", 4, Shape.of(3, 3, 2, 2)), once, "SAME"),
                graph.variable("c1", 5, Shape.of(2))));
    map =
        tf.nn.relu(tf.nn.conv2d(map, graph.variable("k2", 6, Shape.of(2, 2, 2, 2)), once, "VALID"));
    return tf.nn.biasAdd(
        tf.linalg.matMul(
            tf.reshape(map, tf.array(-1, 12)), graph.variable("w3", 7, Shape.of(12, outputs))),
        graph.variable("b3", 8, Shape.of(outputs)));
  }

  private Operand<TFloat64> loss() {
    Ops tf = graph.tf;
    Operand<TFloat64> sum =
        switch (head) {
          case CATEGORICAL -> tf.math.neg(graph.sum(tf.math.mul(y, tf.nn.logSoftmax(z))));
          case CATEGORICAL_MAP ->
              tf.math.div(
                  tf.math.neg(graph.sum(tf.math.mul(y, logSoftmax(z)))),
                  tf.constant((double) POSITIONS));
          case GAUSSIAN -> tf.math.mul(tf.constant(PRECISION), graph.halfSquare(tf.math.sub(z, y)));
          case BERNOULLI -> graph.sum(tf.math.sub(tf.math.softplus(z), tf.math.mul(y, z)));
        };
    Operand<TFloat64> examples =
        tf.dtypes.cast(tf.gather(tf.shape(x), tf.constant(0), tf.constant(0)), TFloat64.class);
    return tf.math.div(sum, examples);
  }

  private Operand<TFloat64> logSoftmax(Operand<TFloat64> map) {
    Ops tf = graph.tf;
    return tf.reshape(
        tf.nn.logSoftmax(tf.reshape(map, tf.array(-1, OUTPUTS))), tf.array(-1, POSITIONS, OUTPUTS));
  }

  List<FisherTap<TFloat64>> fisherTaps(Fisher fisher) {
    return FisherPass.build(
            graph.graph, graph.tf, fisher, layers.taps, List.of(distribution), due, step)
        .taps();
  }

  /** Feeds inputs, which may repeat, and targets of zero. */
  void feedBatch(int distinctExamples, int repetitions) {
    double[] once = TestGraph.random(31, distinctExamples * entries(inputShape));
    double[] all = new double[once.length * repetitions];
    for (int i = 0; i < all.length; i++) {
      all[i] = once[i % once.length];
    }
    int examples = distinctExamples * repetitions;
    graph.feed(x, batch(inputShape, examples), all);
    feedTargets(examples, new double[Math.toIntExact(examples * entries(outputShape))]);
    graph.feed(dueInput, Shape.scalar(), 1);
    graph.feed(stepInput, Shape.scalar(), 0);
  }

  void feedTargets(int examples, double[] targets) {
    graph.feed(y, batch(outputShape, examples), targets);
  }

  void feedStep(int value) {
    graph.feed(stepInput, Shape.scalar(), value);
  }

  void feedDue(boolean value) {
    graph.feed(dueInput, Shape.scalar(), value ? 1 : 0);
  }

  private static Shape batch(Shape shape, int examples) {
    return Shape.of(examples).append(shape.subShape(1, shape.numDimensions()));
  }

  static long entries(Shape shape) {
    return shape.subShape(1, shape.numDimensions()).size();
  }

  /**
   * Every target that an example may have, with its probability; for normal targets those that have
   * the same mean and covariance.
   */
  List<Outcome> outcomes(double[] output) {
    return switch (head) {
      case CATEGORICAL -> classes(output);
      case CATEGORICAL_MAP -> {
        List<Outcome> pairs = new ArrayList<>();
        for (Outcome first : classes(Arrays.copyOfRange(output, 0, OUTPUTS))) {
          for (Outcome second : classes(Arrays.copyOfRange(output, OUTPUTS, 2 * OUTPUTS))) {
            double[] both = Arrays.copyOf(first.target(), 2 * OUTPUTS);
            System.arraycopy(second.target(), 0, both, OUTPUTS, OUTPUTS);
            pairs.add(new Outcome(both, first.probability() * second.probability()));
          }
        }
        yield pairs;
      }
      case GAUSSIAN ->
          IntStream.range(0, OUTPUTS)
              .mapToObj(
                  k -> {
                    double[] target = output.clone();
                    target[k] += Math.sqrt(OUTPUTS / PRECISION);
                    return new Outcome(target, 1.0 / OUTPUTS);
                  })
              .toList();
      case BERNOULLI ->
          IntStream.range(0, 1 << OUTPUTS).mapToObj(bits -> answers(output, bits)).toList();
    };
  }

  private static List<Outcome> classes(double[] logits) {
    double sum = Arrays.stream(logits).map(Math::exp).sum();
    return IntStream.range(0, OUTPUTS)
        .mapToObj(
            k -> {
              double[] target = new double[OUTPUTS];
              target[k] = 1;
              return new Outcome(target, Math.exp(logits[k]) / sum);
            })
        .toList();
  }

  private static Outcome answers(double[] logits, int bits) {
    double[] target = new double[OUTPUTS];
    double probability = 1;
    for (int k = 0; k < OUTPUTS; k++) {
      target[k] = bits >> k & 1;
      double yes = 1 / (1 + Math.exp(-logits[k]));
      probability *= target[k] == 1 ? yes : 1 - yes;
    }
    return new Outcome(target, probability);
  }

  @Override
  public void close() {
    graph.close();
  }
}
