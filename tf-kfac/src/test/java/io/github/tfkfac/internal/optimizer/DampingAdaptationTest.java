package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.Cadence;
import io.github.tfkfac.Checkpoint;
import io.github.tfkfac.DampingAdaptation;
import io.github.tfkfac.Fisher;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.LevenbergMarquardt;
import io.github.tfkfac.Momentum;
import io.github.tfkfac.PredictiveDistribution;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.extension.NormControl;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TinyMlp;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat64;

/** Levenberg–Marquardt damping as part of training. */
class DampingAdaptationTest {

  private static final double STRENGTH = 0.1;
  private static final double RATE = 0.9;
  private static final long PERIOD = 2;
  private static final LevenbergMarquardt RULE =
      new LevenbergMarquardt(RATE, Cadence.every(PERIOD), 1e-3, 1e3);
  private static final String FACTOR = "kfac/damping/factor";
  private static final String RATIO = "kfac/damping/ratio";
  private static final int EXAMPLES = 6;

  @TempDir Path folder;

  /** Where the model is the loss itself; see {@link LinearRegressionTest}. */
  @ParameterizedTest
  @ValueSource(doubles = {1, 10})
  void theRatioTellsHowMuchOfTheCurvatureTheModelHas(double missing) {
    double rate = 0.19;
    KfacOptions options =
        plain(KfacOptions.kfac().withDamping(Damping.absolute(1e-12)))
            .withLearningRate(rate)
            .withPeriods(1, 1)
            .withFisher(Fisher.exact())
            .withAdaptiveDamping(LevenbergMarquardt.within(1e-4, 1e4));
    double expected = (1 - missing * rate / 2) / (1 - rate / 2);
    double change = Math.pow(19.0 / 20, expected > 0.75 ? 5 : -5);
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> x = graph.constant(Shape.of(20, 3), TestGraph.random(1, 60));
      Operand<TFloat64> y = graph.constant(Shape.of(20, 2), TestGraph.random(2, 40));
      Operand<TFloat64> output =
          graph.tf.nn.biasAdd(
              graph.tf.linalg.matMul(x, graph.variable("w", 3, Shape.of(3, 2))),
              graph.variable("b", 4, Shape.of(2)));
      Operand<TFloat64> loss =
          graph.tf.math.mul(
              graph.halfSquare(graph.tf.math.sub(output, y)),
              graph.tf.constant(graph.type, missing / 20));
      Kfac optimizer =
          new Kfac(graph.graph, options, List.of(PredictiveDistribution.gaussian(output)));
      Op train = optimizer.minimize(loss);
      DampingAdaptation adaptation = optimizer.dampingAdaptation().orElseThrow();
      graph.start();
      double factor = 1;
      for (int step = 1; step <= 15; step++) {
        graph.run(train);
        graph.run(adaptation.op());
        if (step % 5 == 0) {
          factor *= change;
          assertThat(graph.fetch(adaptation.ratio())[0])
              .as("ratio after step %d", step)
              .isCloseTo(expected, within(1e-9));
        }
        assertThat(graph.fetch(adaptation.factor())[0])
            .as("factor after step %d", step)
            .isCloseTo(factor, within(1e-12));
      }
    }
  }

  private enum Case {
    EIGENBASES,
    RE_ESTIMATED,
    INVERSES,
    SAME_FOR_EVERY_FACTOR,
    ONE_LAYER_PLAIN;

    KfacOptions options() {
      Damping absolute = Damping.absolute(STRENGTH);
      KfacOptions options =
          switch (this) {
            case EIGENBASES -> KfacOptions.kfac().withDamping(absolute);
            case RE_ESTIMATED -> KfacOptions.ekfac().withDamping(absolute);
            case INVERSES ->
                KfacOptions.kfacTikhonov().withDamping(Damping.factoredTikhonov(STRENGTH));
            case SAME_FOR_EVERY_FACTOR -> KfacOptions.kfacTikhonov().withDamping(absolute);
            case ONE_LAYER_PLAIN ->
                KfacOptions.kfac()
                    .withDamping(absolute)
                    .withLayers(given -> given.withSkipped("w2"));
          };
      return options
          .withPeriods(1, 1)
          .withLearningRate(0.3)
          .withWeightDecay(0.01)
          .withAdaptiveDamping(RULE);
    }

    /** What the damped product has of the identity. */
    double lambda(double factor) {
      double strength = STRENGTH * factor;
      return this == SAME_FOR_EVERY_FACTOR ? strength * strength : strength;
    }
  }

  @ParameterizedTest
  @EnumSource(Case.class)
  void everyAdaptationIsThatOfPlainNumbers(Case which) {
    try (Run run = new Run(which.options())) {
      double factor = 1;
      for (int step = 1; step <= 4 * PERIOD; step++) {
        run.mlp.feedBatch(step, EXAMPLES);
        Map<String, List<Double>> before = run.graph.everyVariable();
        List<double[]> gradients = run.graph.fetch(run.gradients);
        double lossBefore = loss(before, step);
        run.graph.run(run.train);
        Map<String, List<Double>> after = run.graph.everyVariable();
        assertThat(run.adaptation.due(step)).isEqualTo(step % PERIOD == 0);
        run.graph.run(run.adaptation.op());
        if (step % PERIOD == 0) {
          double predicted = 0;
          for (int layer = 0; layer < 2; layer++) {
            predicted += change(layer, before, after, gradients, which.lambda(factor));
          }
          double ratio = (loss(after, step) - lossBefore) / predicted;
          assertThat(run.graph.value(RATIO)[0])
              .as("ratio after step %d", step)
              .isCloseTo(ratio, within(1e-8 * Math.abs(ratio)));
          double power = Math.pow(RATE, PERIOD);
          factor *= ratio > 0.75 ? power : ratio < 0.25 ? 1 / power : 1;
        }
        assertThat(run.graph.value(FACTOR)[0])
            .as("factor after step %d", step)
            .isCloseTo(factor, within(1e-12));
      }
      assertThat(factor).isNotEqualTo(1);
    }
  }

  @Test
  void theNextRefreshHasTheAdaptedDamping() {
    try (Run run = new Run(Case.SAME_FOR_EVERY_FACTOR.options())) {
      run.adaptedSteps(1, (int) PERIOD);
      double factor = run.graph.value(FACTOR)[0];
      assertThat(factor).isNotEqualTo(1);
      run.graph.run(run.train);
      int order = TinyMlp.INPUTS + 1;
      double[] average = run.graph.value("kfac/w1/A");
      double[] inverse = run.graph.value("kfac/w1/A_inverse");
      for (int i = 0; i < order; i++) {
        double diagonal = inverse[i * order + i] * STRENGTH * factor;
        for (int k = 0; k < order; k++) {
          diagonal += inverse[i * order + k] * average[k * order + i];
        }
        assertThat(diagonal).isCloseTo(1, within(1e-9));
      }
    }
  }

  @Test
  void onlyTheStepBeforeAdaptsTheDampingAndOnlyOnce() {
    try (Run run = new Run(Case.EIGENBASES.options())) {
      run.mlp.feedBatch(1, EXAMPLES);
      run.graph.run(run.adaptation.op());
      run.graph.run(run.train, (int) PERIOD + 1);
      run.graph.run(run.adaptation.op());
      assertThat(run.graph.value(FACTOR)[0]).as("after another step").isEqualTo(1);
      assertThat(run.graph.value(RATIO)[0]).isNaN();
      run.graph.run(run.train);
      run.graph.run(run.adaptation.op());
      double once = run.graph.value(FACTOR)[0];
      assertThat(once).isNotEqualTo(1);
      run.graph.run(run.adaptation.op());
      assertThat(run.graph.value(FACTOR)[0]).isEqualTo(once);
    }
  }

  @Test
  void aSkippedStepAdaptsNothingAndALossThatIsNoneRaisesTheDamping() {
    try (Run run = new Run(Case.EIGENBASES.options())) {
      double[] inputs = TinyMlp.inputs(1, EXAMPLES);
      double[] targets = TinyMlp.targets(1, EXAMPLES);
      double[] broken = TinyMlp.withEntry(inputs, 0, Double.NaN);
      run.mlp.feed(inputs, targets);
      run.graph.run(run.train);
      run.mlp.feed(broken, targets);
      run.graph.run(run.train);
      run.graph.run(run.adaptation.op());
      assertThat(run.graph.value(FACTOR)[0]).as("after a skipped step").isEqualTo(1);
      run.mlp.feed(inputs, targets);
      run.graph.run(run.train, (int) PERIOD);
      run.mlp.feed(broken, targets);
      run.graph.run(run.adaptation.op());
      assertThat(run.graph.value(FACTOR)[0]).isCloseTo(Math.pow(RATE, -PERIOD), within(1e-12));
    }
  }

  @Test
  void aRunResumedBetweenStepAndAdaptationGoesOnToTheBit() {
    int saved = 3 * (int) PERIOD;
    Path checkpoint = folder.resolve("saved");
    Map<String, List<Double>> expected;
    try (Run run = new Run(Case.INVERSES.options())) {
      run.adaptedSteps(1, saved - 1);
      run.mlp.feedBatch(saved, EXAMPLES);
      run.graph.run(run.train);
      run.checkpoint.save(run.graph.session(), checkpoint, Map.of());
      run.graph.run(run.adaptation.op());
      run.adaptedSteps(saved + 1, 2 * saved);
      expected = run.graph.everyVariable();
    }
    try (Run other = new Run(Case.INVERSES.options())) {
      other.checkpoint.restore(other.graph.session(), checkpoint);
      other.mlp.feedBatch(saved, EXAMPLES);
      other.graph.run(other.adaptation.op());
      other.adaptedSteps(saved + 1, 2 * saved);
      assertThat(other.graph.everyVariable()).isEqualTo(expected);
    }
  }

  @Test
  void dampingsThatAreNotAdaptedHaveNoAdaptation() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Kfac optimizer = new Kfac(graph.graph, KfacOptions.kfac());
      assertThatThrownBy(optimizer::dampingAdaptation).hasMessageContaining("call minimize");
      optimizer.minimize(new TinyMlp<>(graph).loss);
      assertThat(optimizer.dampingAdaptation()).isEmpty();
      assertThat(optimizer.stateVariables())
          .noneMatch(variable -> variable.name().contains("damping"));
    }
  }

  @Test
  void modelsOnAnotherScaleThanTheLossAreRejected() {
    for (KfacOptions options :
        List.of(KfacOptions.nkfac(), KfacOptions.kfacStar(), KfacOptions.skfac())) {
      assertThatThrownBy(() -> options.withAdaptiveDamping(RULE))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("leave the adaptation out");
    }
    KfacOptions adapted = KfacOptions.kfac().withAdaptiveDamping(RULE);
    assertThatThrownBy(() -> adapted.withTraining(given -> given.withAccumulation(2)))
        .hasMessageContaining("an adapted damping (Levenberg–Marquardt), found 2 micro-batches");
    assertThatThrownBy(
            () -> KfacOptions.kfac().withAdaptiveDamping(LevenbergMarquardt.within(2, 3)))
        .hasMessageContaining("expected bounds around 1");
  }

  private static KfacOptions plain(KfacOptions options) {
    return options
        .withNormControl(NormControl.none())
        .withTraining(given -> given.withRule(new Momentum(0)));
  }

  /** A training of the small network. */
  private static final class Run implements AutoCloseable {
    final TestGraph<TFloat64> graph = TestGraph.float64();
    final TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
    final Op train;
    final List<Operand<?>> gradients;
    final DampingAdaptation adaptation;
    final Checkpoint checkpoint;

    Run(KfacOptions options) {
      Kfac optimizer = new Kfac(graph.graph, options);
      train = optimizer.minimize(mlp.loss);
      Output<?>[] reads = mlp.reads.stream().map(Operand::asOutput).toArray(Output<?>[]::new);
      gradients = List.of(graph.graph.addGradients(mlp.loss.asOutput(), reads));
      adaptation = optimizer.dampingAdaptation().orElseThrow();
      checkpoint = Checkpoint.of(graph.graph);
      graph.start();
    }

    void adaptedSteps(int first, int last) {
      for (int step = first; step <= last; step++) {
        mlp.feedBatch(step, EXAMPLES);
        graph.run(train);
        if (adaptation.due(step)) {
          graph.run(adaptation.op());
        }
      }
    }

    @Override
    public void close() {
      graph.close();
    }
  }

  /** The loss of a step's batch. */
  private static double loss(Map<String, List<Double>> variables, int batch) {
    double[] inputs = TinyMlp.inputs(batch, EXAMPLES);
    double[] targets = TinyMlp.targets(batch, EXAMPLES);
    double sum = 0;
    for (int example = 0; example < EXAMPLES; example++) {
      double[] x = new double[TinyMlp.INPUTS];
      System.arraycopy(inputs, example * TinyMlp.INPUTS, x, 0, TinyMlp.INPUTS);
      double[] hidden = affine(x, variables.get("w1"), variables.get("b1"));
      for (int i = 0; i < hidden.length; i++) {
        hidden[i] = Math.tanh(hidden[i]);
      }
      double[] output = affine(hidden, variables.get("w2"), variables.get("b2"));
      for (int i = 0; i < output.length; i++) {
        double error = output[i] - targets[example * TinyMlp.OUTPUTS + i];
        sum += error * error / 2;
      }
    }
    return sum / EXAMPLES;
  }

  private static double[] affine(double[] x, List<Double> weight, List<Double> bias) {
    double[] y = new double[bias.size()];
    for (int j = 0; j < y.length; j++) {
      y[j] = bias.get(j);
      for (int i = 0; i < x.length; i++) {
        y[j] += x[i] * weight.get(i * y.length + j);
      }
    }
    return y;
  }

  /** A layer's part of the model's change. */
  private static double change(
      int layer,
      Map<String, List<Double>> before,
      Map<String, List<Double>> after,
      List<double[]> gradients,
      double lambda) {
    String weight = TinyMlp.VARIABLES.get(2 * layer);
    String bias = TinyMlp.VARIABLES.get(2 * layer + 1);
    int columns = before.get(bias).size();
    int rows = before.get(weight).size() / columns + 1;
    double[][] delta = new double[rows][columns];
    double change = 0;
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        boolean isBias = i == rows - 1;
        String name = isBias ? bias : weight;
        int entry = isBias ? j : i * columns + j;
        delta[i][j] = after.get(name).get(entry) - before.get(name).get(entry);
        change += gradients.get(2 * layer + (isBias ? 1 : 0))[entry] * delta[i][j];
      }
    }
    List<Double> a = after.get("kfac/" + weight + "/A");
    List<Double> g = after.get("kfac/" + weight + "/G");
    if (a == null || g == null) {
      return change;
    }
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        double curved = lambda * delta[i][j];
        for (int k = 0; k < rows; k++) {
          for (int l = 0; l < columns; l++) {
            curved += a.get(i * rows + k) * delta[k][l] * g.get(l * columns + j);
          }
        }
        change += delta[i][j] * curved / 2;
      }
    }
    return change;
  }
}
