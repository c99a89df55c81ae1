package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.PredictiveDistribution;
import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.testing.TestGraph;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;

/**
 * Every preset under conditions that break naive implementations: whatever happens, all variables
 * and all state stay finite, and the counters account for every step.
 */
class NumericalTortureTest {

  private static final int STEPS = 12;
  private static final int INPUTS = 3;
  private static final int HIDDEN = 4;
  private static final int CLASSES = 3;
  private static final double RATE = 0.01;
  private static final double DECAY = 1e-3;

  private static final Map<String, KfacOptions> SECOND_ORDER = new LinkedHashMap<>();
  private static final Map<String, TrainingOptions> FIRST_ORDER = new LinkedHashMap<>();

  static {
    SECOND_ORDER.put("nkfac", KfacOptions.nkfac());
    SECOND_ORDER.put("adankfac", KfacOptions.adaNkfac());
    SECOND_ORDER.put("kfac", KfacOptions.kfac());
    SECOND_ORDER.put("kfac-tikhonov", KfacOptions.kfacTikhonov());
    SECOND_ORDER.put("kfac-star", KfacOptions.kfacStar());
    SECOND_ORDER.put("skfac", KfacOptions.skfac());
    SECOND_ORDER.put("skfac-star", KfacOptions.skfacStar());
    SECOND_ORDER.put("ekfac", KfacOptions.ekfac());
    SECOND_ORDER.put("two-level", KfacOptions.twoLevel());
    FIRST_ORDER.put("sgdm", TrainingOptions.sgdm(RATE, DECAY));
    FIRST_ORDER.put("nesterov", TrainingOptions.nesterov(RATE, DECAY));
    FIRST_ORDER.put("adamw", TrainingOptions.adamW(RATE, DECAY));
    FIRST_ORDER.put("radam", TrainingOptions.rAdam(RATE, DECAY));
    FIRST_ORDER.put("adabelief", TrainingOptions.adaBelief(RATE, DECAY));
    FIRST_ORDER.put("muon", TrainingOptions.muon(RATE, DECAY));
    FIRST_ORDER.put("shampoo", TrainingOptions.shampoo(RATE, DECAY));
    FIRST_ORDER.put("soap", TrainingOptions.soap(RATE, DECAY));
  }

  /** A condition: what is fed, and how the network begins. */
  enum Condition {
    /** The second moments of the inputs span twelve decades. */
    ILL_CONDITIONED(6, 0),
    ZERO_ACTIVATIONS(6, 0),
    ONE_CLASS(6, 0),
    DEAD_RELUS(6, -100),
    BATCH_OF_ONE(1, 0),
    /** A million times the rate, in the third step. */
    RATE_SPIKE(6, 0),
    /** A million times the rate, in all steps. */
    ABSURD_RATE(6, 0),
    /** Activations that float16 cannot hold, in all steps but the first. */
    HALF_OVERFLOW(6, 0);

    private final int examples;
    private final double bias;

    Condition(int examples, double bias) {
      this.examples = examples;
      this.bias = bias;
    }

    double[] inputs(int step) {
      double[] values = TestGraph.random(step, (long) examples * INPUTS);
      for (int at = 0; at < values.length; at++) {
        values[at] *=
            switch (this) {
              case ILL_CONDITIONED -> Math.pow(1000, 1 - at % INPUTS);
              case ZERO_ACTIVATIONS -> 0;
              case HALF_OVERFLOW -> step == 0 ? 1 : 1e6;
              default -> 1;
            };
      }
      return values;
    }

    double[] labels(int step) {
      double[] values = new double[examples * CLASSES];
      for (int example = 0; example < examples; example++) {
        values[example * CLASSES + (this == ONE_CLASS ? 0 : (example + step) % CLASSES)] = 1;
      }
      return values;
    }

    double rate(int step) {
      return this == ABSURD_RATE || (this == RATE_SPIKE && step == 2) ? 1e6 * RATE : RATE;
    }

    /** Steps that cannot be taken at least. */
    int skipped() {
      return this == HALF_OVERFLOW ? STEPS - 1 : 0;
    }
  }

  static Stream<Arguments> everyPresetAndCondition() {
    return Stream.concat(SECOND_ORDER.keySet().stream(), FIRST_ORDER.keySet().stream())
        .flatMap(
            preset -> Arrays.stream(Condition.values()).map(each -> Arguments.of(preset, each)));
  }

  @ParameterizedTest
  @MethodSource("everyPresetAndCondition")
  void staysFiniteAndCounts(String preset, Condition condition) {
    try (TestGraph<TFloat32> graph = new TestGraph<>(TFloat32.class, TestGraph.Kind.RESOURCE)) {
      Network network = new Network(graph, condition);
      TrainingOptimizer optimizer = optimizer(preset, network);
      Op train = optimizer.minimize(network.loss);
      graph.start();
      for (int step = 0; step < STEPS; step++) {
        network.feed(condition, step);
        graph.feed(optimizer.learningRate(), Shape.scalar(), condition.rate(step));
        graph.run(train);
        Map<String, List<Double>> after = graph.everyVariable();
        assertThat(after).isNotEmpty();
        after.forEach((name, values) -> assertThat(values).as(name).allMatch(Double::isFinite));
      }
      TrainingHealth health = optimizer.health(graph.session());
      assertThat(health.steps()).isEqualTo(STEPS);
      assertThat(health.appliedUpdates() + health.skippedSteps()).isEqualTo(STEPS);
      assertThat(health.skippedSteps()).isGreaterThanOrEqualTo(condition.skipped());
    }
  }

  private static TrainingOptimizer optimizer(String preset, Network network) {
    KfacOptions options = SECOND_ORDER.get(preset);
    return options == null
        ? new FirstOrder(network.graph.graph, FIRST_ORDER.get(preset))
        : new Kfac(
            network.graph.graph,
            options.withPeriods(1, 2).withLearningRate(RATE),
            List.of(PredictiveDistribution.categorical(network.scores)));
  }

  /** Two dense layers with ReLU between them, whose output may pass through float16. */
  private static final class Network {

    final TestGraph<TFloat32> graph;
    final Placeholder<TFloat32> x;
    final Placeholder<TFloat32> y;
    final Operand<TFloat32> scores;
    final Operand<TFloat32> loss;

    Network(TestGraph<TFloat32> graph, Condition condition) {
      this.graph = graph;
      double[] bias = new double[HIDDEN];
      Arrays.fill(bias, condition.bias);
      Operand<TFloat32> w1 = graph.variable("w1", 1, Shape.of(INPUTS, HIDDEN));
      Operand<TFloat32> b1 = graph.variable("b1", Shape.of(HIDDEN), bias);
      Operand<TFloat32> w2 = graph.variable("w2", 2, Shape.of(HIDDEN, CLASSES));
      x = graph.input(Shape.of(-1, INPUTS));
      y = graph.input(Shape.of(-1, CLASSES));
      Operand<TFloat32> before = graph.tf.nn.biasAdd(graph.tf.linalg.matMul(x, w1), b1);
      Operand<TFloat32> hidden = graph.tf.nn.relu(before);
      if (condition == Condition.HALF_OVERFLOW) {
        hidden = graph.tf.dtypes.cast(graph.tf.dtypes.cast(hidden, TFloat16.class), TFloat32.class);
      }
      scores = graph.tf.linalg.matMul(hidden, w2);
      loss =
          graph.tf.math.mean(
              graph.tf.nn.softmaxCrossEntropyWithLogits(scores, y).loss(), graph.tf.constant(0));
    }

    void feed(Condition condition, int step) {
      graph.feed(x, Shape.of(condition.examples, INPUTS), condition.inputs(step));
      graph.feed(y, Shape.of(condition.examples, CLASSES), condition.labels(step));
    }
  }
}
