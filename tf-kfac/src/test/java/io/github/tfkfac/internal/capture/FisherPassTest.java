package io.github.tfkfac.internal.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.Fisher;
import io.github.tfkfac.PredictiveDistribution;
import io.github.tfkfac.extension.FisherTap;
import io.github.tfkfac.extension.SecondMoments;
import io.github.tfkfac.extension.Tap;
import io.github.tfkfac.internal.capture.PredictingModel.Body;
import io.github.tfkfac.internal.capture.PredictingModel.Head;
import io.github.tfkfac.internal.capture.PredictingModel.Outcome;
import io.github.tfkfac.testing.CapturedLayers;
import io.github.tfkfac.testing.FullMoments;
import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/** The output-gradient statistics of each kind of Fisher matrix. */
class FisherPassTest {

  private static final double EXACT = 1e-10;

  /** Four standard deviations of the mean of 25,000 draws, and more. */
  private static final double SAMPLING = 0.03;

  private static final int EXAMPLES = 5;
  private static final long SEED = 17;

  @ParameterizedTest
  @CsvSource({
    "DENSE, CATEGORICAL",
    "DENSE, CATEGORICAL_MAP",
    "DENSE, GAUSSIAN",
    "DENSE, BERNOULLI",
    "CONVOLUTION, CATEGORICAL",
    "CONVOLUTION, GAUSSIAN"
  })
  void exactIsTheExpectationOverAllTargets(Body body, Head head) {
    try (PredictingModel model = new PredictingModel(body, head)) {
      List<Operand<TFloat64>> sums = gradientSums(model, Fisher.exact());
      model.graph.start();
      model.feedBatch(EXAMPLES, 1);
      List<double[]> found = model.graph.fetch(sums);
      List<double[]> expected = expectation(model);
      for (int layer = 0; layer < found.size(); layer++) {
        assertThat(Tensors.relativeError(found.get(layer), expected.get(layer)))
            .as("layer %d", layer)
            .isLessThanOrEqualTo(EXACT);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "DENSE, CATEGORICAL",
    "DENSE, CATEGORICAL_MAP",
    "DENSE, GAUSSIAN",
    "DENSE, BERNOULLI",
    "CONVOLUTION, CATEGORICAL"
  })
  void sampledApproachesExact(Body body, Head head) {
    try (PredictingModel model = new PredictingModel(body, head)) {
      List<Operand<TFloat64>> sampled = gradientSums(model, Fisher.sampled(SEED));
      List<Operand<TFloat64>> exact = gradientSums(model, Fisher.exact());
      model.graph.start();
      model.feedBatch(EXAMPLES, 200);
      List<double[]> expected = model.graph.fetch(exact);
      List<double[]> mean = expected.stream().map(sum -> new double[sum.length]).toList();
      int steps = 25;
      for (int step = 0; step < steps; step++) {
        model.feedStep(step);
        List<double[]> drawn = model.graph.fetch(sampled);
        for (int layer = 0; layer < drawn.size(); layer++) {
          add(mean.get(layer), drawn.get(layer), 1.0 / steps);
        }
      }
      for (int layer = 0; layer < mean.size(); layer++) {
        assertThat(Tensors.relativeError(mean.get(layer), expected.get(layer)))
            .as("layer %d, seed %d", layer, SEED)
            .isLessThanOrEqualTo(SAMPLING);
      }
    }
  }

  @Test
  void exactIsTheExpectationInTheMeanWhereExamplesInfluenceEachOther() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      Placeholder<TFloat64> x = graph.input(Shape.of(-1, 3));
      Placeholder<TFloat64> target = graph.input(Shape.of(-1, 2));
      Operand<TFloat64> hidden = tf.linalg.matMul(x, graph.variable("w", 1, Shape.of(3, 2)));
      Operand<TFloat64> mean = tf.math.mean(hidden, tf.array(0), Mean.keepDims(true));
      Operand<TFloat64> variance =
          tf.math.mean(tf.math.squaredDifference(hidden, mean), tf.array(0), Mean.keepDims(true));
      Operand<TFloat64> z = tf.math.mul(tf.math.sub(hidden, mean), tf.math.rsqrt(variance));
      Operand<TFloat64> loss =
          tf.math.div(graph.halfSquare(tf.math.sub(z, target)), tf.constant((double) EXAMPLES));
      List<Tap<TFloat64>> taps = new CapturedLayers<>(graph, loss).taps;
      Placeholder<TFloat64> step = graph.input(Shape.scalar());
      FisherPass<TFloat64> exact =
          FisherPass.build(
              graph.graph,
              tf,
              Fisher.exact(),
              taps,
              List.of(PredictiveDistribution.gaussian(z)),
              tf.constant(true),
              tf.dtypes.cast(step, TInt64.class));
      Operand<TFloat64> found = FullMoments.of(tf, exact.taps().get(0)).gradientSum();
      Operand<TFloat64> ofTarget = FullMoments.of(tf, taps.get(0)).gradientSum();
      graph.start();
      graph.feed(x, Shape.of(EXAMPLES, 3), TestGraph.random(3, EXAMPLES * 3L));
      double[] expected = new double[4];
      for (int output = 0; output < EXAMPLES * 2; output++) {
        double[] targets = graph.fetch(z);
        targets[output]--;
        graph.feed(target, Shape.of(EXAMPLES, 2), targets);
        add(expected, graph.fetch(ofTarget), 1);
      }
      double[] drawn = new double[4];
      int steps = 400;
      for (int i = 0; i < steps; i++) {
        graph.feed(step, Shape.scalar(), i);
        add(drawn, graph.fetch(found), 1.0 / steps);
      }
      assertThat(Tensors.relativeError(drawn, expected)).isLessThan(0.1);
    }
  }

  @ParameterizedTest
  @CsvSource({"CATEGORICAL", "GAUSSIAN", "BERNOULLI"})
  void drawsDependOnSeedAndStepAlone(Head head) {
    double[] first = draw(head, SEED, 3);
    assertThat(draw(head, SEED, 3)).isEqualTo(first);
    assertThat(draw(head, SEED, 4)).isNotEqualTo(first);
    assertThat(draw(head, SEED + 1, 3)).isNotEqualTo(first);
  }

  private static double[] draw(Head head, long seed, int step) {
    try (PredictingModel model = new PredictingModel(Body.DENSE, head)) {
      Operand<TFloat64> sum = gradientSums(model, Fisher.sampled(seed)).get(0);
      model.graph.start();
      model.feedBatch(EXAMPLES, 4);
      model.feedStep(step);
      return model.graph.fetch(sum);
    }
  }

  @Test
  void theInputsAndCountsAreThoseOfOnePass() {
    try (PredictingModel model = new PredictingModel(Body.CONVOLUTION, Head.CATEGORICAL)) {
      FisherTap<TFloat64> tap = model.fisherTaps(Fisher.exact()).get(0);
      assertThat(tap.columns()).hasSize(PredictingModel.OUTPUTS);
      SecondMoments<TFloat64> moments = FullMoments.of(model.graph.tf, tap);
      SecondMoments<TFloat64> plain = FullMoments.of(model.graph.tf, model.layers.taps.get(0));
      model.graph.start();
      model.feedBatch(EXAMPLES, 1);
      assertThat(model.graph.fetch(moments.inputSum()))
          .isEqualTo(model.graph.fetch(plain.inputSum()));
      assertThat(model.graph.fetch(moments.rows())).containsExactly(EXAMPLES * 12);
      assertThat(model.graph.fetch(moments.examples())).containsExactly(EXAMPLES);
    }
  }

  @Test
  void theEmpiricalFisherTakesTheLossesOwnPass() {
    try (PredictingModel model = new PredictingModel(Body.DENSE, Head.CATEGORICAL)) {
      int before = operations(model);
      List<FisherTap<TFloat64>> taps = model.fisherTaps(Fisher.empirical());
      assertThat(operations(model)).isEqualTo(before);
      for (int i = 0; i < taps.size(); i++) {
        assertThat(taps.get(i).columns()).containsExactly(model.layers.taps.get(i));
      }
    }
  }

  private static int operations(PredictingModel model) {
    List<String> names = new ArrayList<>();
    model.graph.graph.operations().forEachRemaining(operation -> names.add(operation.name()));
    return names.size();
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void aLayerOfOneOfTwoOutputsCountsThatOutputAlone(boolean sharedWeight) {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      Placeholder<TFloat64> x = graph.input(Shape.of(-1, 3));
      Operand<TFloat64> w1 = graph.variable("w1", 1, Shape.of(3, 2));
      Operand<TFloat64> w2 = sharedWeight ? w1 : graph.variable("w2", 2, Shape.of(3, 2));
      Operand<TFloat64> z1 = tf.linalg.matMul(x, w1);
      Operand<TFloat64> z2 = tf.linalg.matMul(tf.math.neg(x), w2);
      Operand<TFloat64> loss = tf.math.add(graph.halfSquare(z1), graph.halfSquare(z2));
      List<PredictiveDistribution<TFloat64>> both =
          List.of(PredictiveDistribution.gaussian(z1), PredictiveDistribution.categorical(z2));
      List<FisherTap<TFloat64>> taps =
          FisherPass.build(
                  graph.graph,
                  tf,
                  Fisher.exact(),
                  new CapturedLayers<>(graph, loss).taps,
                  both,
                  tf.constant(true),
                  tf.constant(0L))
              .taps();
      List<Operand<TFloat64>> sums = new ArrayList<>();
      taps.forEach(tap -> sums.add(FullMoments.of(tf, tap).gradientSum()));
      graph.start();
      graph.feed(x, Shape.of(1, 3), 0.3, -0.4, 0.5);
      double[] logits = graph.fetch(z2);
      double p = 1 / (1 + Math.exp(logits[1] - logits[0]));
      double v = p * (1 - p);
      double[] gaussian = {1, 0, 0, 1};
      double[] categorical = {v, -v, -v, v};
      if (sharedWeight) {
        add(gaussian, categorical, 1);
        assertThat(Tensors.relativeError(graph.fetch(sums.get(0)), gaussian)).isLessThan(EXACT);
      } else {
        assertThat(Tensors.relativeError(graph.fetch(sums.get(0)), gaussian)).isLessThan(EXACT);
        assertThat(Tensors.relativeError(graph.fetch(sums.get(1)), categorical)).isLessThan(EXACT);
      }
    }
  }

  @Test
  void aLayerThatReachesNoOutputIsRejected() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      Placeholder<TFloat64> x = graph.input(Shape.of(-1, 3));
      Operand<TFloat64> main = tf.linalg.matMul(x, graph.variable("main", 1, Shape.of(3, 2)));
      Operand<TFloat64> side = tf.linalg.matMul(x, graph.variable("side", 2, Shape.of(3, 2)));
      Operand<TFloat64> loss = tf.math.add(graph.halfSquare(main), graph.halfSquare(side));
      List<Tap<TFloat64>> taps = new CapturedLayers<>(graph, loss).taps;
      assertThatThrownBy(() -> build(graph, taps, List.of(PredictiveDistribution.gaussian(main))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("layer 'side'")
          .hasMessageContaining(main.op().name())
          .hasMessageContaining("every output");
      assertThatThrownBy(
              () ->
                  build(
                      graph, taps, List.of(PredictiveDistribution.gaussian(tf.stopGradient(main)))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("layer 'main'");
      assertThatThrownBy(() -> build(graph, taps, List.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("found none")
          .hasMessageContaining("PredictiveDistribution.categorical");
    }
  }

  private static void build(
      TestGraph<TFloat64> graph,
      List<Tap<TFloat64>> taps,
      List<PredictiveDistribution<TFloat64>> outputs) {
    FisherPass.build(
        graph.graph,
        graph.tf,
        Fisher.exact(),
        taps,
        outputs,
        graph.tf.constant(true),
        graph.tf.constant(0L));
  }

  private static List<Operand<TFloat64>> gradientSums(PredictingModel model, Fisher fisher) {
    List<Operand<TFloat64>> sums = new ArrayList<>();
    for (FisherTap<TFloat64> tap : model.fisherTaps(fisher)) {
      sums.add(FullMoments.of(model.graph.tf, tap).gradientSum());
    }
    return sums;
  }

  /**
   * The expected sum of {@code gᵀg} of every layer, from the loss's own gradients for all targets
   * one after the other.
   */
  private static List<double[]> expectation(PredictingModel model) {
    double[] outputs = model.graph.fetch(model.z);
    int size = outputs.length / EXAMPLES;
    List<List<Outcome>> outcomes = new ArrayList<>();
    for (int n = 0; n < EXAMPLES; n++) {
      outcomes.add(model.outcomes(Arrays.copyOfRange(outputs, n * size, (n + 1) * size)));
    }
    List<Operand<TFloat64>> gradients =
        model.layers.taps.stream().map(tap -> tap.flows().get(0).outputGradient()).toList();
    List<double[]> sums = new ArrayList<>();
    model.layers.taps.forEach(
        tap -> sums.add(new double[tap.site().outputSize() * tap.site().outputSize()]));
    for (int index = 0; index < outcomes.get(0).size(); index++) {
      double[] targets = new double[outputs.length];
      for (int n = 0; n < EXAMPLES; n++) {
        System.arraycopy(outcomes.get(n).get(index).target(), 0, targets, n * size, size);
      }
      model.feedTargets(EXAMPLES, targets);
      List<double[]> values = model.graph.fetch(gradients);
      for (int layer = 0; layer < values.size(); layer++) {
        double[] g = values.get(layer);
        int width = model.layers.taps.get(layer).site().outputSize();
        for (int entry = 0; entry < g.length; entry++) {
          int n = entry / (g.length / EXAMPLES);
          int row = entry / width * width;
          for (int j = 0; j < width; j++) {
            sums.get(layer)[entry % width * width + j] +=
                outcomes.get(n).get(index).probability() * g[entry] * g[row + j];
          }
        }
      }
    }
    return sums;
  }

  private static void add(double[] sum, double[] values, double factor) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += factor * values[i];
    }
  }
}
