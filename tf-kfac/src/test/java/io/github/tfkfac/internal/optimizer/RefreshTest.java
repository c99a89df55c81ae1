package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.Normalization;
import io.github.tfkfac.RefreshPolicy;
import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.internal.linalg.InverseNorm;
import io.github.tfkfac.internal.linalg.NewtonInverse;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TinyMlp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.GraphOperation;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat64;

/** When statistics and inverses are renewed, how that is counted, and what it costs otherwise. */
class RefreshTest {

  private static final int EXAMPLES = 5;

  /** Factors of the small network: two layers with two each. */
  private static final int FACTORS = 4;

  private static KfacOptions with(long statisticsPeriod, RefreshPolicy policy) {
    KfacOptions options = KfacOptions.nkfac().withPeriods(statisticsPeriod, 1);
    return options.withRefreshes(policy);
  }

  @Test
  void workIsDoneAtTheStepsOfThePolicyAndNoOthers() {
    RefreshPolicy policy = new RefreshPolicy(2, 1, 3);
    // Every second step; exact up to step 2 and at every sixth.
    List<Integer> exact = List.of(0, 2, 6, 12);
    List<Integer> iterative = List.of(4, 8, 10);
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Kfac optimizer = new Kfac(graph.graph, with(3, policy));
      Op train = optimizer.minimize(mlp.loss);
      graph.startOptimized();
      TrainingHealth before = optimizer.health(graph.session());
      for (int step = 0; step < 14; step++) {
        Map<String, List<Double>> values = graph.everyVariable();
        mlp.feedBatch(step, EXAMPLES);
        graph.run(train);
        TrainingHealth after = optimizer.health(graph.session());
        assertThat(after.statisticsUpdates() - before.statisticsUpdates())
            .as("statistics at step %d", step)
            .isEqualTo(step % 3 == 0 ? 1 : 0);
        assertThat(after.exactRefreshes() - before.exactRefreshes())
            .as("exact refreshes at step %d", step)
            .isEqualTo(exact.contains(step) ? 1 : 0);
        assertThat(after.iterativeRefreshes() - before.iterativeRefreshes())
            .as("iterative refreshes at step %d", step)
            .isEqualTo(iterative.contains(step) ? 1 : 0);
        assertThat(after.newtonSteps() - before.newtonSteps())
            .isEqualTo(iterative.contains(step) ? FACTORS : 0);
        if (step % 2 == 0) {
          assertThat(policy.isExact(step)).isEqualTo(exact.contains(step));
        } else {
          assertThat(graph.value("kfac/w1/A_inverse"))
              .as("inverse at step %d", step)
              .isEqualTo(plain(values.get("kfac/w1/A_inverse")));
        }
        if (step % 3 != 0) {
          assertThat(graph.value("kfac/w1/A"))
              .as("average at step %d", step)
              .isEqualTo(plain(values.get("kfac/w1/A")));
        }
        before = after;
      }
    }
  }

  @Test
  void newtonTakesFullStepsNearTheInverseAndShortOnesFarFromIt() {
    KfacOptions options = with(2, new RefreshPolicy(1, 0, 100)).withAverageDecay(0);
    KfacOptions raw = options.withFactors(given -> given.withNormalization(Normalization.none()));
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Kfac optimizer = new Kfac(graph.graph, raw);
      Op train = optimizer.minimize(mlp.loss);
      graph.startOptimized();
      mlp.feedBatch(0, EXAMPLES);
      graph.run(train);
      graph.run(train);
      TrainingHealth near = optimizer.health(graph.session());
      assertThat(near.newtonSteps()).as("unchanged averages").isEqualTo(FACTORS);
      assertThat(near.fullNewtonSteps()).isEqualTo(FACTORS);
      // Factors a thousand times as large make the old inverses useless.
      double[] inputs = TinyMlp.inputs(0, EXAMPLES);
      double[] targets = TinyMlp.targets(0, EXAMPLES);
      for (int i = 0; i < inputs.length; i++) {
        inputs[i] *= 40;
      }
      for (int i = 0; i < targets.length; i++) {
        targets[i] *= 40;
      }
      mlp.feed(inputs, targets);
      graph.run(train);
      TrainingHealth far = optimizer.health(graph.session());
      assertThat(far.newtonSteps()).isEqualTo(2 * FACTORS);
      assertThat(far.fullNewtonSteps()).as("no further full step").isLessThan(2 * FACTORS);
      assertThat(far.isSound()).isTrue();
    }
  }

  @Test
  void whatIsNotDueIsNotExecuted() {
    RefreshPolicy policy = new RefreshPolicy(4, 0, 2);
    int layers = 2;
    // Two products forward, three backward, and two for each layer's direction.
    int plain = 2 + 3 + 2 * layers;
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Op train = new Kfac(graph.graph, with(2, policy)).minimize(mlp.loss);
      graph.startOptimized();
      mlp.feedBatch(0, EXAMPLES);
      List<List<String>> types = new ArrayList<>();
      for (int step = 0; step < 6; step++) {
        types.add(typesExecuted(graph, train));
      }
      assertThat(products(types.get(1))).as("nothing due at step 1").isEqualTo(plain);
      assertThat(products(types.get(3))).as("nothing due at step 3").isEqualTo(plain);
      assertThat(products(types.get(5))).as("nothing due at step 5").isEqualTo(plain);
      assertThat(products(types.get(2))).as("statistics at step 2").isEqualTo(plain + 2 * layers);
      assertThat(products(types.get(4)))
          .as("statistics and Newton's iteration at step 4")
          .isGreaterThan(plain + 2 * layers);
      assertThat(types.get(0)).contains("Cholesky");
      for (int step = 1; step < 6; step++) {
        assertThat(types.get(step)).as("step %d", step).doesNotContain("Cholesky");
      }
    }
  }

  @Test
  void statisticsOfMicroBatchesAreNotExecutedWhenNotDue() {
    KfacOptions options = with(2, new RefreshPolicy(2, 0, 1));
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Op train =
          new Kfac(graph.graph, options.withTraining(given -> given.withAccumulation(2)))
              .minimize(mlp.loss);
      graph.startOptimized();
      mlp.feedBatch(0, EXAMPLES);
      List<Long> products = new ArrayList<>();
      for (int run = 0; run < 4; run++) {
        products.add(products(typesExecuted(graph, train)));
      }
      assertThat(products.get(0)).as("first of a step with statistics").isEqualTo(5 + 4);
      assertThat(products.get(2)).as("first of a step without").isEqualTo(5);
      assertThat(products.get(3)).as("second of a step without").isEqualTo(5 + 4);
    }
  }

  private static List<String> typesExecuted(TestGraph<?> graph, Op train) {
    List<String> types = new ArrayList<>();
    for (String name : graph.executed(train)) {
      GraphOperation operation = graph.graph.operation(name);
      if (operation != null) {
        types.add(operation.type());
      }
    }
    assertThat(types).as("the trace").isNotEmpty();
    return types;
  }

  private static long products(List<String> types) {
    return types.stream().filter(type -> type.contains("MatMul")).count();
  }

  @Test
  void impossiblePoliciesAreRejected() {
    assertThatThrownBy(() -> new RefreshPolicy(0, 2, 500))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("inverse period > 0, found 0");
    assertThatThrownBy(() -> new RefreshPolicy(1, -1, 500)).hasMessageContaining("found -1");
    assertThatThrownBy(() -> new RefreshPolicy(1, 2, 0)).hasMessageContaining("found 0");
    assertThatThrownBy(() -> KfacOptions.nkfac().withAverageDecay(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("in [0, 1), found 1.0");
    KfacOptions curvature = KfacOptions.nkfac();
    assertThatThrownBy(() -> curvature.withExactSolver(new NewtonInverse(1, new InverseNorm())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("direct solver");
  }

  private static double[] plain(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
