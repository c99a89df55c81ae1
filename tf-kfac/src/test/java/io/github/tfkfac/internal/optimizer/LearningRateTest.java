package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.Momentum;
import io.github.tfkfac.Schedule;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.testing.TestGraph;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/** The rate that reaches the variable: schedule, override, scale. */
class LearningRateTest {

  private static final double ROUNDING = 1e-14;

  /** With loss {@code sum w} a step of plain descent subtracts exactly the learning rate. */
  private static double step(TestGraph<TFloat64> graph, Op train) {
    double before = graph.value("w")[0];
    graph.run(train);
    return before - graph.value("w")[0];
  }

  private static FirstOrder descent(TestGraph<TFloat64> graph, Schedule schedule) {
    return new FirstOrder(
        graph.graph,
        TrainingOptions.sgdm(1, 0).withRule(new Momentum(0)).withLearningRate(schedule));
  }

  @Test
  void theScheduleGoesWithTheStepsOfTheGraph() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      FirstOrder optimizer = descent(graph, Schedule.stepDecay(0.5, 0.1, 2).withWarmUp(3, 0.1));
      Op train = optimizer.minimize(graph.sum(graph.variable("w", Shape.of(1), 0.7)));
      graph.start();
      for (int t = 0; t < 6; t++) {
        double expected =
            0.5 * Math.pow(0.1, Math.floor(t / 2.0)) * Math.min(1, 0.1 + 0.9 * t / 3.0);
        assertThat(graph.fetch(optimizer.learningRate())[0]).isCloseTo(expected, within(ROUNDING));
        assertThat(step(graph, train)).as("step %d", t).isCloseTo(expected, within(ROUNDING));
      }
    }
  }

  @Test
  void aFedRateHoldsForThatStepOnly() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      FirstOrder optimizer = descent(graph, Schedule.constant(0.25));
      Op train = optimizer.minimize(graph.sum(graph.variable("w", Shape.of(1), 0.7)));
      graph.start();
      graph.feed(optimizer.learningRate(), Shape.scalar(), 0.125);
      assertThat(step(graph, train)).isCloseTo(0.125, within(ROUNDING));
      graph.stopFeeding(optimizer.learningRate());
      assertThat(step(graph, train)).isCloseTo(0.25, within(ROUNDING));
    }
  }

  @Test
  void aScaleHoldsFromThenOn() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      FirstOrder optimizer = descent(graph, Schedule.stepDecay(0.5, 0.5, 2));
      Op train = optimizer.minimize(graph.sum(graph.variable("w", Shape.of(1), 0.7)));
      graph.start();
      assertThat(step(graph, train)).isCloseTo(0.5, within(ROUNDING));
      optimizer.scaleLearningRate(graph.session(), 0.1);
      assertThat(step(graph, train)).isCloseTo(0.05, within(ROUNDING));
      assertThat(step(graph, train)).isCloseTo(0.025, within(ROUNDING));
      optimizer.scaleLearningRate(graph.session(), 2);
      assertThat(step(graph, train))
          .as("scales replace each other")
          .isCloseTo(0.5, within(ROUNDING));
      assertThat(graph.value("first_order/learning_rate_scale")).containsExactly(2);
      assertThatThrownBy(() -> optimizer.scaleLearningRate(graph.session(), 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("factor > 0, found 0");
    }
  }

  @Test
  void kfacAndFloat32VariablesTakeTheSameRates() {
    try (TestGraph<TFloat32> graph = new TestGraph<>(TFloat32.class, TestGraph.Kind.RESOURCE)) {
      KfacOptions options =
          KfacOptions.nkfac().withWeightDecay(0).withLearningRate(Schedule.cosine(0.5, 0.125, 2));
      KfacOptions withoutLayers = options.withLayers(given -> given.withNoLayersAllowed());
      Op train =
          new Kfac(
                  graph.graph, withoutLayers.withTraining(given -> given.withRule(new Momentum(0))))
              .minimize(graph.sum(graph.variable("w", Shape.of(1), 4)));
      graph.start();
      graph.run(train, 4);
      assertThat(graph.value("w")[0])
          .isCloseTo(4 - 0.5 - (0.5 + 0.125) / 2 - 2 * 0.125, within(1e-6));
    }
  }

  @Test
  void aRateThatIsNotPositiveIsRejected() {
    assertThatThrownBy(() -> TrainingOptions.sgdm(0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("learning rate > 0, found 0");
    assertThatThrownBy(() -> KfacOptions.nkfac().withLearningRate(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
