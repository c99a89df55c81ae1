package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TestGraph.Kind;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * A small network with layers of every kind (a convolution, an embedding, a scale and shift, dense
 * layers of equal size, a weight that is used twice), and half the squared error of the examples
 * that count, divided by the size of the batch.
 */
final class WorkerModel<T extends TNumber> {

  private static final int IMAGE = 9;
  private static final int TOKENS = 2;
  private static final int ROWS = 6;
  private static final int OUTPUTS = 2;

  static final List<String> WEIGHTS =
      List.of(
          "conv",
          "conv_bias",
          "table",
          "fc1",
          "fc1_bias",
          "gamma",
          "beta",
          "twice",
          "twice_bias",
          "fc2",
          "fc2_bias",
          "fc3",
          "fc3_bias");

  final TestGraph<T> graph;
  final Operand<T> output;
  final Operand<T> loss;
  final Operand<TBool> mask;
  private final Placeholder<T> images;
  private final Placeholder<T> tokens;
  private final Placeholder<T> targets;
  private final Placeholder<T> counts;

  WorkerModel(Class<T> type) {
    graph = new TestGraph<>(type, Kind.REFERENCE);
    Ops tf = graph.tf;
    images = graph.input(Shape.of(-1, 3, 3, 1));
    tokens = graph.input(Shape.of(-1, TOKENS));
    targets = graph.input(Shape.of(-1, OUTPUTS));
    counts = graph.input(Shape.of(-1));
    Operand<T> conv = variable("conv", 2, 2, 1, 2);
    Operand<T> maps =
        tf.math.tanh(
            tf.nn.biasAdd(
                tf.nn.conv2d(images, conv, List.of(1L, 1L, 1L, 1L), "VALID"),
                variable("conv_bias", 2)));
    Operand<T> words =
        tf.gather(variable("table", ROWS, 3), tf.dtypes.cast(tokens, TInt32.class), tf.constant(0));
    Operand<T> features =
        tf.concat(
            List.of(tf.reshape(maps, tf.array(-1, 8)), tf.reshape(words, tf.array(-1, 6))),
            tf.constant(1));
    Operand<T> hidden = dense(features, "fc1", 14, 4);
    hidden = tf.math.add(tf.math.mul(hidden, variable("gamma", 4)), variable("beta", 4));
    Operand<T> twice = variable("twice", 4, 4);
    Operand<T> twiceBias = variable("twice_bias", 4);
    for (int use = 0; use < 2; use++) {
      hidden = tf.math.tanh(tf.nn.biasAdd(tf.linalg.matMul(hidden, twice), twiceBias));
    }
    hidden = dense(hidden, "fc2", 4, 4);
    output =
        tf.nn.biasAdd(
            tf.linalg.matMul(hidden, variable("fc3", 4, OUTPUTS)), variable("fc3_bias", OUTPUTS));
    Operand<T> squares = tf.reduceSum(tf.math.square(tf.math.sub(output, targets)), tf.constant(1));
    Operand<T> size = tf.dtypes.cast(tf.size(counts), type);
    loss =
        tf.math.div(
            graph.sum(tf.math.mul(squares, counts)), tf.math.mul(size, tf.constant(type, 2)));
    mask = tf.math.greater(counts, tf.constant(type, 0));
  }

  private Operand<T> dense(Operand<T> input, String name, long inputs, long outputs) {
    Ops tf = graph.tf;
    return tf.math.tanh(
        tf.nn.biasAdd(
            tf.linalg.matMul(input, variable(name, inputs, outputs)),
            variable(name + "_bias", outputs)));
  }

  private Operand<T> variable(String name, long... shape) {
    return graph.variable(name, WEIGHTS.indexOf(name), Shape.of(shape));
  }

  /**
   * Feeds some of the examples of a batch.
   *
   * @param seed of the batch
   * @param counted 1 for every example of the batch that counts, 0 for padding
   * @param broken an example with an input that is not a number, or -1
   */
  void feed(long seed, double[] counted, int broken, int from, int to) {
    int size = counted.length;
    double[] pixels = TestGraph.random(10 * seed, (long) size * IMAGE);
    if (broken >= 0) {
      pixels[broken * IMAGE] = Double.NaN;
    }
    double[] ids =
        Arrays.stream(TestGraph.random(10 * seed + 1, (long) size * TOKENS))
            .map(value -> Math.floor((value + 1) / 2 * ROWS))
            .toArray();
    double[] wanted = TestGraph.random(10 * seed + 2, (long) size * OUTPUTS);
    int part = to - from;
    graph.feed(images, Shape.of(part, 3, 3, 1), rows(pixels, from, to, size));
    graph.feed(tokens, Shape.of(part, TOKENS), rows(ids, from, to, size));
    graph.feed(targets, Shape.of(part, OUTPUTS), rows(wanted, from, to, size));
    graph.feed(counts, Shape.of(part), rows(counted, from, to, size));
  }

  private static double[] rows(double[] values, int from, int to, int size) {
    int width = values.length / size;
    return Arrays.copyOfRange(values, from * width, to * width);
  }
}
