package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TinyMlp;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat64;

/** Refreshes that are spread over the inverse period. */
class StaggeredRefreshTest {

  private static final int EXAMPLES = 5;
  private static final int STATISTICS_PERIOD = 3;
  private static final int INVERSE_PERIOD = 12;
  private static final int PERIODS = 2;

  enum Case {
    INVERSES(KfacOptions.kfacTikhonov(), 4),
    NORMALIZED_INVERSES(KfacOptions.kfacStar(), 4),
    EIGENBASES(KfacOptions.kfac(), 4),
    MINI_BATCH(KfacOptions.skfac(), 2);

    @SuppressWarnings("ImmutableEnumChecker") // options are records of values
    final KfacOptions options;

    /** What is refreshed as one: a factor, or with SKFAC a layer. */
    final int units;

    Case(KfacOptions preset, int units) {
      this.options = preset.withPeriods(STATISTICS_PERIOD, INVERSE_PERIOD).staggered();
      this.units = units;
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyFactorIsRefreshedOnceAPeriodInAStepOfItsOwn(Case refreshed) {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Op train = new Kfac(graph.graph, refreshed.options).minimize(mlp.loss);
      graph.start();
      Map<String, List<Integer>> steps = new LinkedHashMap<>();
      Map<Integer, Set<String>> factors = new LinkedHashMap<>();
      Map<String, List<Double>> before = graph.everyVariable();
      for (int step = 0; step < PERIODS * INVERSE_PERIOD; step++) {
        mlp.feedBatch(step, EXAMPLES);
        graph.run(train);
        Map<String, List<Double>> after = graph.everyVariable();
        for (String derived : derived(after)) {
          if (!after.get(derived).equals(before.get(derived))) {
            steps.computeIfAbsent(derived, name -> new ArrayList<>()).add(step);
            factors.computeIfAbsent(step, at -> new TreeSet<>()).add(factor(derived));
          }
        }
        before = after;
      }
      assertThat(steps.keySet()).containsExactlyInAnyOrderElementsOf(derived(before));
      assertThat(steps)
          .allSatisfy(
              (name, at) -> {
                assertThat(at).as("refreshes of %s", name).hasSize(PERIODS);
                assertThat(at.get(0)).isLessThan(INVERSE_PERIOD);
                assertThat(at.get(1)).isEqualTo(at.get(0) + INVERSE_PERIOD);
              });
      assertThat(factors.keySet())
          .as("steps with a refresh")
          .hasSize(PERIODS * refreshed.units)
          .noneMatch(step -> step % STATISTICS_PERIOD == 0);
      assertThat(factors)
          .allSatisfy(
              (step, some) -> assertThat(some).as("step %d", step).hasSize(4 / refreshed.units));
    }
  }

  @Test
  void noPeriodMeetsTheStatisticsWhereThePeriodsHaveACommonDivisor() {
    int statisticsPeriod = 4;
    int inversePeriod = 10;
    KfacOptions options =
        KfacOptions.kfacStar().withPeriods(statisticsPeriod, inversePeriod).staggered();
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Op train = new Kfac(graph.graph, options).minimize(mlp.loss);
      graph.start();
      Set<Integer> refreshed = new TreeSet<>();
      Map<String, List<Double>> before = graph.everyVariable();
      for (int step = 0; step < 2 * inversePeriod; step++) {
        mlp.feedBatch(step, EXAMPLES);
        graph.run(train);
        Map<String, List<Double>> after = graph.everyVariable();
        for (String derived : derived(after)) {
          if (!after.get(derived).equals(before.get(derived))) {
            refreshed.add(step);
          }
        }
        before = after;
      }
      assertThat(refreshed).hasSize(2 * 4).noneMatch(step -> step % statisticsPeriod == 0);
    }
  }

  /** The names of the variables that a refresh writes. */
  private static List<String> derived(Map<String, List<Double>> variables) {
    return variables.keySet().stream()
        .filter(name -> name.matches("kfac/.*/[AG]_(inverse|basis|eigenvalues)"))
        .toList();
  }

  private static String factor(String derived) {
    return derived.substring(0, derived.lastIndexOf('_'));
  }
}
