package io.github.tfkfac.internal.optimizer;

import static io.github.tfkfac.testing.NkfacOracle.matrix;
import static io.github.tfkfac.testing.NkfacOracle.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.Normalization;
import io.github.tfkfac.RefreshPolicy;
import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.extension.NormControl;
import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TinyMlp;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat64;

/** What holds exactly, not just nearly, for the factors and directions of any network. */
class ExactnessTest {

  private static final double EXACT = 1e-10;
  private static final int EXAMPLES = 4;

  @Test
  void forABatchOfOneTheFactorsAreTheEmpiricalFisher() {
    int[] widths = {3, 4, 3, 2};
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      Placeholder<TFloat64> x = graph.input(Shape.of(-1, widths[0]));
      Placeholder<TFloat64> labels = graph.input(Shape.of(-1, widths[3]));
      Operand<TFloat64> state = x;
      Output<?>[] reads = new Output<?>[6];
      for (int layer = 0; layer < 3; layer++) {
        Shape shape = Shape.of(widths[layer], widths[layer + 1]);
        Operand<TFloat64> w = graph.variable("w" + layer, 11 + layer, shape);
        Operand<TFloat64> b = graph.variable("b" + layer, 21 + layer, Shape.of(shape.get(1)));
        reads[2 * layer] = w.asOutput();
        reads[2 * layer + 1] = b.asOutput();
        Operand<TFloat64> output = tf.nn.biasAdd(tf.linalg.matMul(state, w), b);
        state = layer == 2 ? output : tf.math.softplus(output);
      }
      Operand<TFloat64> loss = graph.sum(tf.math.neg(tf.math.mul(labels, tf.nn.logSoftmax(state))));
      Output<?>[] gradients = graph.graph.addGradients(loss.asOutput(), reads);
      Op train = new Kfac(graph.graph, raw().strict()).minimize(loss);
      graph.start();
      graph.feed(x, Shape.of(1, 3), TestGraph.random(31, 3));
      graph.feed(labels, Shape.of(1, 2), 0.25, 0.75);
      List<double[]> before = Arrays.stream(gradients).map(graph::fetch).toList();
      graph.run(train);
      for (int layer = 0; layer < 3; layer++) {
        double[] joint = concat(before.get(2 * layer), before.get(2 * layer + 1));
        double[] a = graph.value("kfac/w" + layer + "/A");
        double[] g = graph.value("kfac/w" + layer + "/G");
        int inputs = widths[layer] + 1;
        int outputs = widths[layer + 1];
        for (int i = 0; i < joint.length; i++) {
          for (int j = 0; j < joint.length; j++) {
            double kronecker =
                a[i / outputs * inputs + j / outputs] * g[i % outputs * outputs + j % outputs];
            assertThat(kronecker)
                .as("layer %d, entry (%d, %d)", layer, i, j)
                .isCloseTo(joint[i] * joint[j], within(EXACT));
          }
        }
      }
    }
  }

  @Test
  void theLossesScaleChangesNothingButTheRawOutputFactorAndTheLength() {
    // A loss so large that the 1e-12 in the normalization drowns whatever c is.
    double base = 1e3;
    Map<String, double[]> raw = afterOneStep(raw(), base);
    Map<String, double[]> normalized = afterOneStep(nkfac(), base);
    for (double c : new double[] {1e-2, 1e2}) {
      Map<String, double[]> scaledRaw = afterOneStep(raw(), c * base);
      Map<String, double[]> scaled = afterOneStep(nkfac(), c * base);
      for (String w : List.of("w1", "w2")) {
        assertThat(scaledRaw.get("kfac/" + w + "/A")).isEqualTo(raw.get("kfac/" + w + "/A"));
        assertThat(scaledRaw.get("kfac/" + w + "/G"))
            .satisfies(g -> isTimes(g, raw.get("kfac/" + w + "/G"), c * c));
        for (String factor : List.of("/A", "/G", "/A_inverse", "/G_inverse")) {
          assertThat(scaled.get("kfac/" + w + factor))
              .satisfies(m -> isTimes(m, normalized.get("kfac/" + w + factor), 1));
        }
        // Without weight decay the momentum after one step is the direction.
        assertThat(scaled.get("kfac/" + w + "/momentum"))
            .satisfies(v -> isTimes(v, normalized.get("kfac/" + w + "/momentum"), c));
      }
    }
  }

  private static Map<String, double[]> afterOneStep(KfacOptions options, double lossScale) {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Op train =
          new Kfac(graph.graph, options)
              .minimize(graph.tf.math.mul(mlp.loss, graph.tf.constant(lossScale)));
      graph.start();
      mlp.feedBatch(1, EXAMPLES);
      graph.run(train);
      return everything(graph);
    }
  }

  @Test
  void aConvolutionOfOneByOneTrainsLikeADenseLayerOnThePixels() {
    Shape input = Shape.of(EXAMPLES, 2, 3, 3);
    assertTrainAlike(
        input,
        Shape.of(1, 1, 3, 2),
        (tf, x, w) -> tf.nn.conv2d(x, w, List.of(1L, 1L, 1L, 1L), "SAME"),
        Shape.of(3, 2),
        (tf, x, w) -> tf.linalg.matMul(tf.reshape(x, tf.constant(new int[] {-1, 3})), w));
  }

  @Test
  void aConvolutionOverTheWholeImageTrainsLikeADenseLayer() {
    Shape input = Shape.of(EXAMPLES, 2, 3, 2);
    assertTrainAlike(
        input,
        Shape.of(2, 3, 2, 2),
        (tf, x, w) -> tf.nn.conv2d(x, w, List.of(1L, 1L, 1L, 1L), "VALID"),
        Shape.of(12, 2),
        (tf, x, w) -> tf.linalg.matMul(tf.reshape(x, tf.constant(new int[] {-1, 12})), w));
  }

  private interface Product {
    Operand<TFloat64> build(Ops tf, Operand<TFloat64> x, Operand<TFloat64> w);
  }

  private static void assertTrainAlike(
      Shape input, Shape kernel, Product convolution, Shape matrix, Product dense) {
    Map<String, double[]> first = train(input, kernel, convolution);
    Map<String, double[]> second = train(input, matrix, dense);
    assertThat(first.keySet()).isEqualTo(second.keySet());
    first.forEach(
        (name, value) ->
            assertThat(Tensors.relativeError(value, second.get(name)))
                .as(name)
                .isLessThanOrEqualTo(EXACT));
  }

  /** Five steps of a layer with two outputs and a bias, a tanh and the squared error. */
  private static Map<String, double[]> train(Shape input, Shape weight, Product product) {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Placeholder<TFloat64> x = graph.input(input);
      Operand<TFloat64> w = graph.variable("w", 41, weight);
      Operand<TFloat64> b = graph.variable("b", 42, Shape.of(2));
      Operand<TFloat64> output =
          graph.tf.math.tanh(graph.tf.nn.biasAdd(product.build(graph.tf, x, w), b));
      Op train =
          new Kfac(graph.graph, KfacOptions.nkfac().withPeriods(1, 2).strict())
              .minimize(meanSquare(graph, output));
      graph.start();
      for (int step = 0; step < 5; step++) {
        graph.feed(x, input, TestGraph.random(50 + step, input.size()));
        graph.run(train);
      }
      return everything(graph);
    }
  }

  /** The squared distance of some tanh outputs from one half, averaged over the batch. */
  private static Operand<TFloat64> meanSquare(TestGraph<TFloat64> graph, Operand<TFloat64> output) {
    Operand<TFloat64> error = graph.tf.math.sub(output, graph.tf.constant(0.5));
    return graph.tf.math.div(graph.halfSquare(error), graph.tf.constant((double) EXAMPLES));
  }

  @Test
  void aDepthwiseConvolutionTrainsLikeADenseLayerPerChannel() {
    int channels = 3;
    Shape input = Shape.of(EXAMPLES, 2, 2, channels);
    double[] kernel = TestGraph.random(61, 24);
    double[] bias = TestGraph.random(62, 6);
    // Norm recovery takes all channels of a layer together, so it is left out of the comparison.
    KfacOptions options =
        KfacOptions.nkfac()
            .withPeriods(1, 2)
            .withAverageDecay(0.5)
            .withNormControl(NormControl.none());
    try (TestGraph<TFloat64> depthwise = TestGraph.float64();
        TestGraph<TFloat64> dense = TestGraph.float64()) {
      Placeholder<TFloat64> x = depthwise.input(input);
      Operand<TFloat64> w = depthwise.variable("w", Shape.of(2, 2, channels, 2), kernel);
      Operand<TFloat64> b = depthwise.variable("b", Shape.of(bias.length), bias);
      Operand<TFloat64> product =
          depthwise.tf.nn.depthwiseConv2dNative(x, w, List.of(1L, 1L, 1L, 1L), "VALID");
      Op trainDepthwise =
          new Kfac(depthwise.graph, options)
              .minimize(
                  meanSquare(
                      depthwise, depthwise.tf.math.tanh(depthwise.tf.nn.biasAdd(product, b))));
      depthwise.start();

      Placeholder<TFloat64> images = dense.input(input);
      Operand<TFloat64> loss = dense.tf.constant(0.0);
      for (int c = 0; c < channels; c++) {
        Operand<TFloat64> pixels =
            dense.tf.reshape(
                dense.tf.gather(images, dense.tf.constant(c), dense.tf.constant(3)),
                dense.tf.constant(new int[] {-1, 4}));
        Operand<TFloat64> output =
            dense.tf.nn.biasAdd(
                dense.tf.linalg.matMul(
                    pixels,
                    dense.variable("w" + c, Shape.of(4, 2), everyThird(kernel, c, channels))),
                dense.variable("b" + c, Shape.of(2), bias[2 * c], bias[2 * c + 1]));
        loss = dense.tf.math.add(loss, meanSquare(dense, dense.tf.math.tanh(output)));
      }
      Op trainDense = new Kfac(dense.graph, options).minimize(loss);
      dense.start();

      for (int step = 0; step < 5; step++) {
        double[] batch = TestGraph.random(70 + step, input.size());
        depthwise.feed(x, input, batch);
        depthwise.run(trainDepthwise);
        dense.feed(images, input, batch);
        dense.run(trainDense);
      }
      for (int c = 0; c < channels; c++) {
        double[] ofChannel = everyThird(depthwise.value("w"), c, channels);
        assertThat(Tensors.relativeError(ofChannel, dense.value("w" + c)))
            .as("channel %d", c)
            .isLessThanOrEqualTo(EXACT);
        assertThat(Tensors.relativeError(ofChannel, everyThird(kernel, c, channels)))
            .as("the weights moved")
            .isGreaterThan(1e-4);
        assertThat(Arrays.copyOfRange(depthwise.value("b"), 2 * c, 2 * c + 2))
            .containsExactly(dense.value("b" + c), within(EXACT));
      }
    }
  }

  /** The entries of one channel of a depthwise kernel with two outputs per channel. */
  private static double[] everyThird(double[] kernel, int channel, int channels) {
    double[] result = new double[kernel.length / channels];
    for (int i = 0; i < result.length; i++) {
      result[i] = kernel[(i / 2 * channels + channel) * 2 + i % 2];
    }
    return result;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void refreshesNeverChangeTheAverages(boolean relative) {
    Damping damping = relative ? Damping.relative() : Damping.absolute(0.3);
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      KfacOptions options =
          KfacOptions.nkfac().withPeriods(1000, 1).withDamping(damping).withLearningRate(1e-3);
      Kfac optimizer = new Kfac(graph.graph, options.withRefreshes(new RefreshPolicy(1, 0, 2)));
      Op train = optimizer.minimize(mlp.loss);
      graph.start();
      mlp.feedBatch(0, EXAMPLES);
      graph.run(train);
      Map<String, double[]> frozen = averages(graph);
      assertThat(frozen.values()).allSatisfy(m -> assertThat(m).isNotEqualTo(new double[m.length]));
      for (int step = 1; step <= 100; step++) {
        mlp.feedBatch(step, EXAMPLES);
        graph.run(train);
      }
      averages(graph).forEach((name, m) -> assertThat(m).as(name).isEqualTo(frozen.get(name)));
      TrainingHealth health = optimizer.health(graph.session());
      assertThat(health.exactRefreshes() + health.iterativeRefreshes()).isEqualTo(101);
      assertThat(health.iterativeRefreshes()).isEqualTo(50);
    }
  }

  private static Map<String, double[]> averages(TestGraph<?> graph) {
    Map<String, double[]> values = everything(graph);
    values.keySet().removeIf(name -> !name.endsWith("/A") && !name.endsWith("/G"));
    return values;
  }

  @Test
  void everyLayersDirectionHasTheLengthOfItsGradient() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Output<?>[] gradients =
          graph.graph.addGradients(
              mlp.loss.asOutput(),
              mlp.reads.stream().map(Operand::asOutput).toArray(Output<?>[]::new));
      Op train = new Kfac(graph.graph, nkfac()).minimize(mlp.loss);
      graph.start();
      mlp.feedBatch(3, EXAMPLES);
      List<double[]> before = Arrays.stream(gradients).map(graph::fetch).toList();
      graph.run(train);
      for (int layer = 0; layer < 2; layer++) {
        double[] gradient = concat(before.get(2 * layer), before.get(2 * layer + 1));
        double[] direction =
            concat(
                graph.value("kfac/w" + (layer + 1) + "/momentum"),
                graph.value("kfac/b" + (layer + 1) + "/momentum"));
        assertThat(norm(direction)).isCloseTo(norm(gradient), within(EXACT));
        assertThat(Tensors.relativeError(direction, gradient)).isGreaterThan(0.1);
      }
    }
  }

  @Test
  void aZeroGradientMovesNothing() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Kfac optimizer = new Kfac(graph.graph, nkfac());
      Op train = optimizer.minimize(mlp.loss);
      graph.start();
      mlp.feedBatch(4, EXAMPLES);
      mlp.feed(TinyMlp.inputs(4, EXAMPLES), graph.fetch(mlp.output));
      Map<String, double[]> before = everything(graph);
      graph.run(train, 3);
      Map<String, double[]> after = everything(graph);
      for (String name : TinyMlp.VARIABLES) {
        assertThat(after.get(name)).isEqualTo(before.get(name));
        assertThat(after.get("kfac/" + name + "/momentum")).containsOnly(0);
      }
      assertThat(optimizer.health(graph.session()).isSound()).isTrue();
      assertThat(optimizer.health(graph.session()).appliedUpdates()).isEqualTo(3);
    }
  }

  @Test
  void pooledUsesOfAWeightAreOneLayerOnTheConcatenatedBatch() {
    double[] first = TestGraph.random(81, 2 * 3);
    double[] second = TestGraph.random(82, 4 * 3);
    Map<String, double[]> pooled = trainOnParts(List.of(first, second));
    Map<String, double[]> whole = trainOnParts(List.of(concat(first, second)));
    whole.forEach(
        (name, value) ->
            assertThat(Tensors.relativeError(pooled.get(name), value))
                .as(name)
                .isLessThanOrEqualTo(1e-12));
  }

  private static Map<String, double[]> trainOnParts(List<double[]> parts) {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> w = graph.variable("w", 83, Shape.of(3, 2));
      Operand<TFloat64> b = graph.variable("b", 84, Shape.of(2));
      Operand<TFloat64> loss = graph.tf.constant(0.0);
      for (double[] part : parts) {
        Operand<TFloat64> x = graph.constant(Shape.of(part.length / 3, 3), part);
        Operand<TFloat64> output = graph.tf.nn.biasAdd(graph.tf.linalg.matMul(x, w), b);
        loss = graph.tf.math.add(loss, meanSquare(graph, graph.tf.math.tanh(output)));
      }
      Op train =
          new Kfac(graph.graph, KfacOptions.nkfac().withPeriods(1, 2).strict()).minimize(loss);
      graph.start();
      graph.run(train, 4);
      return everything(graph);
    }
  }

  /** NKFAC at every step, without weight decay. */
  private static KfacOptions nkfac() {
    return KfacOptions.nkfac().withPeriods(1, 1).withWeightDecay(0);
  }

  /** The same with factors that are those of the last batch, not normalized. */
  private static KfacOptions raw() {
    KfacOptions options = nkfac().withAverageDecay(0);
    return options.withFactors(given -> given.withNormalization(Normalization.none()));
  }

  private static Map<String, double[]> everything(TestGraph<?> graph) {
    Map<String, double[]> values = new TreeMap<>();
    graph
        .everyVariable()
        .forEach(
            (name, list) ->
                values.put(name, list.stream().mapToDouble(Double::doubleValue).toArray()));
    return values;
  }

  private static void isTimes(double[] actual, double[] base, double factor) {
    SimpleMatrix scaled = matrix(1, base.length, base).scale(factor);
    assertThat(Tensors.relativeError(actual, values(scaled))).isLessThanOrEqualTo(EXACT);
  }

  private static double norm(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(value -> value * value).sum());
  }

  private static double[] concat(double[] first, double[] second) {
    double[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
