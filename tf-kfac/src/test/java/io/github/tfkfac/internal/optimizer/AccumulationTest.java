package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.GradientClipping;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.Normalization;
import io.github.tfkfac.NormalizationParameters;
import io.github.tfkfac.RefreshPolicy;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TinyMlp;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat64;

/** Micro-batches gathered over several runs are one large batch. */
class AccumulationTest {

  private static final double TOLERANCE = 1e-10;
  private static final int PARTS = 3;
  private static final int PART = 2;
  private static final int STEPS = 8;

  @Test
  void kfacTakesTheStepsOfTheLargeBatch() {
    // Period 2 and 3 with one leading exact period: statistics, exact and iterative refreshes,
    // alone and together. Factors that are not normalized show their scale.
    KfacOptions options = KfacOptions.nkfac().withPeriods(2, 3);
    KfacOptions all =
        options
            .withTraining(given -> given.withClipping(GradientClipping.globalNorm(0.3)))
            .withFactors(given -> given.withNormalization(Normalization.none()))
            .withRefreshes(new RefreshPolicy(3, 0, 2));
    assertMicroBatchesEqualLargeBatch(
        graph -> new Kfac(graph, all),
        graph -> new Kfac(graph, all.withTraining(given -> given.withAccumulation(PARTS))));
  }

  @Test
  void aFirstOrderRuleTakesTheStepsOfTheLargeBatch() {
    TrainingOptions options = TrainingOptions.adamW(0.01, 0.1);
    assertMicroBatchesEqualLargeBatch(
        graph -> new FirstOrder(graph, options),
        graph -> new FirstOrder(graph, options.withAccumulation(PARTS)));
  }

  private static void assertMicroBatchesEqualLargeBatch(
      Function<Graph, TrainingOptimizer> whole, Function<Graph, TrainingOptimizer> gathering) {
    try (TestGraph<TFloat64> large = TestGraph.float64();
        TestGraph<TFloat64> small = TestGraph.float64()) {
      TinyMlp<TFloat64> largeMlp = new TinyMlp<>(large);
      TinyMlp<TFloat64> smallMlp = new TinyMlp<>(small);
      Op largeTrain = whole.apply(large.graph).minimize(largeMlp.loss);
      Op smallTrain = gathering.apply(small.graph).minimize(smallMlp.loss);
      large.startOptimized();
      small.startOptimized();
      for (int step = 0; step < STEPS; step++) {
        double[] inputs = TinyMlp.inputs(step, PARTS * PART);
        double[] targets = TinyMlp.targets(step, PARTS * PART);
        largeMlp.feed(inputs, targets);
        large.run(largeTrain);
        double[] before = small.value("w1");
        for (int part = 0; part < PARTS; part++) {
          assertThat(small.value("w1")).as("between micro-batches").isEqualTo(before);
          smallMlp.feed(part(inputs, part), part(targets, part));
          small.run(smallTrain);
        }
        assertThat(small.value("w1")).as("after the last micro-batch").isNotEqualTo(before);
        Map<String, List<Double>> gathered = small.everyVariable();
        for (Map.Entry<String, List<Double>> entry : large.everyVariable().entrySet()) {
          assertThat(
                  Tensors.relativeError(
                      plain(gathered.get(entry.getKey())), plain(entry.getValue())))
              .as("%s after step %d", entry.getKey(), step)
              .isLessThanOrEqualTo(TOLERANCE);
        }
        assertThat(small.everyVariable())
            .as("sums start again")
            .allSatisfy(
                (name, values) -> {
                  if (name.endsWith("_sum") || name.endsWith("counts")) {
                    assertThat(values).containsOnly(0.0);
                  }
                });
      }
    }
  }

  @Test
  void everyKindOfLayerTakesTheStepsOfTheLargeBatch() {
    KfacOptions options =
        KfacOptions.kfacTikhonov()
            .withPeriods(2, 3)
            .withLearningRate(0.05)
            .withLayers(layers -> layers.withNormalization(NormalizationParameters.UNITWISE));
    Map<String, List<Double>> whole = everyKind(options, 1);
    Map<String, List<Double>> gathered =
        everyKind(options.withTraining(given -> given.withAccumulation(2)), 2);
    for (String weight : WorkerModel.WEIGHTS) {
      assertThat(Tensors.relativeError(plain(gathered.get(weight)), plain(whole.get(weight))))
          .as(weight)
          .isLessThanOrEqualTo(TOLERANCE);
    }
  }

  private static Map<String, List<Double>> everyKind(KfacOptions options, int parts) {
    WorkerModel<TFloat64> model = new WorkerModel<>(TFloat64.class);
    try (TestGraph<TFloat64> graph = model.graph) {
      Op train = new Kfac(graph.graph, options).minimize(model.loss);
      graph.start();
      double[] counted = new double[8];
      Arrays.fill(counted, 1);
      int part = counted.length / parts;
      for (int step = 0; step < STEPS; step++) {
        for (int from = 0; from < counted.length; from += part) {
          model.feed(step, counted, -1, from, from + part);
          graph.run(train);
        }
      }
      return graph.everyVariable();
    }
  }

  @Test
  void aStepOfNoMicroBatchesIsRejected() {
    assertThatThrownBy(() -> TrainingOptions.sgdm(0.1, 0).withAccumulation(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(">= 1 micro-batches per step, found 0");
  }

  private static double[] part(double[] values, int part) {
    int size = values.length / PARTS;
    return Arrays.copyOfRange(values, part * size, (part + 1) * size);
  }

  private static double[] plain(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
