package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.AdaBelief;
import io.github.tfkfac.AdamW;
import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.RAdam;
import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.VariableFilter;
import io.github.tfkfac.extension.UpdateRule;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TinyMlp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/** Values that are not finite never reach a variable or the optimizer's state. */
class NonFiniteStepTest {

  private static final int EXAMPLES = 5;

  private static final Set<String> COUNTERS =
      Set.of("kfac/step", "kfac/skipped_steps", "kfac/rejected_statistics");

  @Test
  void aBadInputChangesNothingButCountersWhateverIsDue() {
    double[] bad = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Kfac optimizer = new Kfac(graph.graph, KfacOptions.nkfac().withPeriods(2, 3));
      Op train = optimizer.minimize(mlp.loss);
      graph.startOptimized();
      // With periods 2 and 3, every seventh of 6 * 7 * 3 steps meets every combination of due work.
      for (int step = 0; step < 6 * 7 * bad.length; step++) {
        Map<String, List<Double>> before = graph.everyVariable();
        boolean isBad = step % 7 == 0;
        double entry = bad[step / 42];
        double[] inputs = TinyMlp.inputs(step, EXAMPLES);
        mlp.feed(
            isBad ? TinyMlp.withEntry(inputs, 4, entry) : inputs, TinyMlp.targets(step, EXAMPLES));
        graph.run(train);
        Map<String, List<Double>> after = graph.everyVariable();
        if (isBad) {
          boolean statisticsDue = step % 2 == 0;
          assertThat(changed(before, after))
              .as("%s at step %d", entry, step)
              .isEqualTo(statisticsDue ? COUNTERS : Set.of("kfac/step", "kfac/skipped_steps"));
        } else {
          assertThat(changed(before, after)).contains("w1", "b1", "w2", "b2", "kfac/w1/momentum");
        }
        assertThat(after.values())
            .allSatisfy(values -> assertThat(values).allMatch(Double::isFinite));
      }
      TrainingHealth health = optimizer.health(graph.session());
      assertThat(health.steps()).isEqualTo(126);
      assertThat(health.skippedSteps()).isEqualTo(18);
      assertThat(health.appliedUpdates()).isEqualTo(108);
      assertThat(health.statisticsUpdates()).isEqualTo(54);
      assertThat(health.exactRefreshes() + health.iterativeRefreshes()).isEqualTo(36);
      assertThat(health.isSound()).isFalse();
    }
  }

  @Test
  void aBadTargetLeavesTheFiniteInputFactorsAlone() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Kfac optimizer = new Kfac(graph.graph, KfacOptions.nkfac().withPeriods(1, 1));
      Op train = optimizer.minimize(mlp.loss);
      graph.startOptimized();
      Map<String, List<Double>> before = graph.everyVariable();
      double[] targets = TinyMlp.withEntry(TinyMlp.targets(0, EXAMPLES), 0, Double.NaN);
      mlp.feed(TinyMlp.inputs(0, EXAMPLES), targets);
      graph.run(train);
      assertThat(changed(before, graph.everyVariable())).isEqualTo(COUNTERS);
      assertThat(optimizer.health(graph.session()).rejectedStatistics()).isEqualTo(2);
      assertThat(optimizer.health(graph.session()).statisticsUpdates()).isZero();
      assertThat(optimizer.health(graph.session()).exactRefreshes()).isZero();
    }
  }

  @Test
  void aBadMicroBatchSkipsItsWholeStepAndNoOther() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      KfacOptions options = KfacOptions.nkfac().withPeriods(1, 1);
      Kfac optimizer =
          new Kfac(graph.graph, options.withTraining(given -> given.withAccumulation(2)));
      Op train = optimizer.minimize(mlp.loss);
      graph.startOptimized();
      mlp.feedBatch(0, EXAMPLES);
      graph.run(train, 2);
      Map<String, List<Double>> before = graph.everyVariable();
      mlp.feed(
          TinyMlp.withEntry(TinyMlp.inputs(1, EXAMPLES), 0, Double.NaN),
          TinyMlp.targets(1, EXAMPLES));
      graph.run(train);
      mlp.feedBatch(2, EXAMPLES);
      graph.run(train);
      assertThat(changed(before, graph.everyVariable())).isEqualTo(COUNTERS);
      graph.run(train, 2);
      assertThat(optimizer.health(graph.session()).appliedUpdates()).isEqualTo(2);
      assertThat(optimizer.health(graph.session()).skippedSteps()).isEqualTo(1);
    }
  }

  @Test
  void aFactorThatOverflowsAloneIsRejectedAndTheStepIsTaken() {
    try (TestGraph<TFloat32> graph = new TestGraph<>(TFloat32.class, TestGraph.Kind.REFERENCE)) {
      // The squares of these inputs overflow in float32; outputs and gradients do not.
      Kfac optimizer = trainOnHugeInputs(graph, 1e-15);
      Map<String, List<Double>> before = graph.everyVariable();
      graph.run(graph.graph.operation("train"));
      Map<String, List<Double>> after = graph.everyVariable();
      assertThat(changed(before, after)).contains("w", "kfac/w/G").doesNotContain("kfac/w/A");
      TrainingHealth health = optimizer.health(graph.session());
      assertThat(health.rejectedStatistics()).isEqualTo(1);
      assertThat(health.skippedSteps()).isZero();
      assertThat(health.appliedUpdates()).isEqualTo(1);
      assertThat(after.values())
          .allSatisfy(values -> assertThat(values).allMatch(Double::isFinite));
    }
  }

  @Test
  void aDirectionThatOverflowsMovesNoVariable() {
    try (TestGraph<TFloat32> graph = new TestGraph<>(TFloat32.class, TestGraph.Kind.REFERENCE)) {
      // Now the square of the gradient overflows, and with it norm recovery.
      Kfac optimizer = trainOnHugeInputs(graph, 1);
      Map<String, List<Double>> before = graph.everyVariable();
      graph.run(graph.graph.operation("train"));
      assertThat(changed(before, graph.everyVariable()))
          .contains("kfac/skipped_steps")
          .doesNotContain("w", "kfac/w/momentum", "kfac/applied_updates");
      assertThat(optimizer.health(graph.session()).skippedSteps()).isEqualTo(1);
    }
  }

  private static Kfac trainOnHugeInputs(TestGraph<TFloat32> graph, double lossScale) {
    Placeholder<TFloat32> x = graph.input(Shape.of(-1, 2));
    Operand<TFloat32> w = graph.variable("w", Shape.of(2, 2), 1e-22, 2e-22, -1e-22, 1e-22);
    Operand<TFloat32> loss = graph.halfSquare(graph.tf.linalg.matMul(x, w));
    Kfac optimizer = new Kfac(graph.graph, KfacOptions.nkfac().withPeriods(1, 1));
    optimizer.minimize(
        graph.tf.math.mul(loss, graph.tf.constant(TFloat32.class, lossScale)), "train");
    graph.startOptimized();
    graph.feed(x, Shape.of(1, 2), 1e22, 3e22);
    return optimizer;
  }

  @Test
  void theFirstOrderOptimizersSkipTooAndTheirMomentsStayCounted() {
    try (TestGraph<TFloat64> graph = TestGraph.float64();
        TestGraph<TFloat64> clean = TestGraph.float64()) {
      List<double[]> weights = new ArrayList<>();
      for (TestGraph<TFloat64> one : List.of(graph, clean)) {
        TinyMlp<TFloat64> mlp = new TinyMlp<>(one);
        TrainingOptions options = TrainingOptions.adamW(0.01, 0.1).withRule(AdamW.standard());
        FirstOrder optimizer = new FirstOrder(one.graph, options);
        Op train = optimizer.minimize(mlp.loss);
        one.startOptimized();
        mlp.feedBatch(0, EXAMPLES);
        one.run(train);
        if (one == graph) {
          mlp.feed(
              TinyMlp.withEntry(TinyMlp.inputs(0, EXAMPLES), 0, Double.NaN),
              TinyMlp.targets(0, EXAMPLES));
          one.run(train);
        }
        mlp.feedBatch(1, EXAMPLES);
        one.run(train);
        weights.add(one.value("w1"));
      }
      assertThat(weights.get(0)).as("as if the bad step had not been").isEqualTo(weights.get(1));
    }
  }

  @ParameterizedTest
  @MethodSource("rulesThatSquare")
  void aSecondMomentThatOverflowsLeavesEveryVariableAndSlotAlone(UpdateRule rule) {
    try (TestGraph<TFloat32> graph = new TestGraph<>(TFloat32.class, TestGraph.Kind.REFERENCE)) {
      Placeholder<TFloat32> gradient = graph.input(Shape.of(2));
      Operand<TFloat32> w = graph.variable("w", Shape.of(2), 1, -1);
      Operand<TFloat32> other = graph.variable("other", Shape.of(1), 0.5);
      Operand<TFloat32> loss =
          graph.tf.math.add(graph.sum(graph.tf.math.mul(w, gradient)), graph.halfSquare(other));
      Op train =
          new FirstOrder(graph.graph, TrainingOptions.sgdm(0.1, 0.1).withRule(rule)).minimize(loss);
      graph.startOptimized();
      graph.feed(gradient, Shape.of(2), 1, 2);
      graph.run(train);
      Map<String, List<Double>> before = graph.everyVariable();
      graph.feed(gradient, Shape.of(2), 1, 1e25);
      graph.run(train);
      Map<String, List<Double>> after = graph.everyVariable();
      assertThat(changed(before, after))
          .containsExactlyInAnyOrder("first_order/step", "first_order/skipped_steps");
      graph.feed(gradient, Shape.of(2), 1, 2);
      graph.run(train);
      assertThat(changed(after, graph.everyVariable()))
          .as("training continues")
          .contains("w", "other", "first_order/w/moment1", "first_order/other/moment1");
    }
  }

  static Stream<UpdateRule> rulesThatSquare() {
    return Stream.of(AdamW.standard(), RAdam.standard(), AdaBelief.standard());
  }

  @Test
  void attachedUpdatesDoNotSeeABadStepButAttachedOperationsRun() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      var mean = graph.declare(TestGraph.Kind.RESOURCE, "mean", Shape.scalar(), 0);
      var batches = graph.declare(TestGraph.Kind.RESOURCE, "batches", Shape.scalar(), 0);
      Kfac optimizer =
          new Kfac(
              graph.graph,
              KfacOptions.nkfac().withVariables(VariableFilter.only(Set.of("w1", "w2"))));
      optimizer.attachUpdates(
          tf -> List.of(tf.assignAddVariableOp(mean.output(), graph.sum(mlp.hidden))));
      optimizer.attach(graph.tf.assignAddVariableOp(batches.output(), graph.tf.constant(1.0)));
      Op train = optimizer.minimize(mlp.loss);
      graph.startOptimized();
      mlp.feedBatch(0, EXAMPLES);
      double expected = graph.fetch(graph.sum(mlp.hidden))[0];
      graph.run(train);
      assertThat(graph.value("mean")).containsExactly(expected);
      mlp.feed(
          TinyMlp.withEntry(TinyMlp.inputs(1, EXAMPLES), 0, Double.NaN),
          TinyMlp.targets(1, EXAMPLES));
      graph.run(train);
      assertThat(graph.value("mean")).containsExactly(expected);
      assertThat(graph.value("batches")).containsExactly(2);
    }
  }

  @Test
  void attachedOperationsSeeTheVariablesBeforeTheStep() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      var weight = graph.declare(TestGraph.Kind.RESOURCE, "w", Shape.of(2), 3, -1);
      var seen = graph.declare(TestGraph.Kind.RESOURCE, "seen", Shape.of(2), 0, 0);
      FirstOrder optimizer =
          new FirstOrder(
              graph.graph,
              TrainingOptions.sgdm(0.1, 0).withVariables(VariableFilter.only(Set.of("w"))));
      optimizer.attach(graph.tf.assignVariableOp(seen.output(), graph.read(weight)));
      Op train = optimizer.minimize(graph.halfSquare(graph.read(weight)));
      graph.startOptimized();
      for (int step = 0; step < 5; step++) {
        double[] before = graph.value("w");
        graph.run(train);
        assertThat(graph.value("seen")).containsExactly(before);
        assertThat(graph.value("w")).isNotEqualTo(before);
      }
    }
  }

  private static Set<String> changed(
      Map<String, List<Double>> before, Map<String, List<Double>> after) {
    List<String> names = new ArrayList<>();
    before.forEach(
        (name, values) -> {
          if (!values.equals(after.get(name))) {
            names.add(name);
          }
        });
    assertThat(after.keySet()).isEqualTo(before.keySet());
    return Set.copyOf(names);
  }
}
