package io.github.tfkfac.internal.damping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.Cadence;
import io.github.tfkfac.LevenbergMarquardt;
import io.github.tfkfac.testing.TestGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.types.TFloat64;

class LevenbergMarquardtTest {

  private static final double TOLERANCE = 1e-14;

  @ParameterizedTest
  @CsvSource({
    "0.1, 0.9, 0.07737809375",
    "0.1, 0.75, 0.1",
    "0.1, 0.5, 0.1",
    "0.1, 0.25, 0.1",
    "0.07737809375, 0.2, 0.1",
    "0.07737809375, -3, 0.1",
    "0.07737809375, NaN, 0.1",
    "0.01, 1, 0.01",
    "0.9, 0, 1"
  })
  void lambdaFallsAfterGoodPredictionsAndRisesAfterPoorOnesWithinBounds(
      double lambda, double ratio, double expected) {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      var next =
          LevenbergMarquardt.within(0.01, 1)
              .next(graph.tf, graph.tf.constant(lambda), graph.tf.constant(ratio));
      graph.start();
      assertThat(graph.fetch(next)[0]).isCloseTo(expected, within(TOLERANCE));
    }
  }

  @Test
  void theRatioIsTheLossesChangeOverThePredictedOne() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      var ratio =
          LevenbergMarquardt.reductionRatio(
              graph.tf, graph.tf.constant(3.0), graph.tf.constant(2.0), graph.tf.constant(-4.0));
      graph.start();
      assertThat(graph.fetch(ratio)).containsExactly(0.25);
    }
  }

  @Test
  void badConstantsAreRejected() {
    assertThatThrownBy(() -> LevenbergMarquardt.within(2, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected bounds 0 < least <= most");
    assertThatThrownBy(() -> new LevenbergMarquardt(1, Cadence.every(5), 1, 2))
        .hasMessageContaining("expected the rate");
  }
}
