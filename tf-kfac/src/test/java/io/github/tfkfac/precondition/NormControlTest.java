package io.github.tfkfac.precondition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.testing.TestGraph;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

class NormControlTest {

  private static final Shape SHAPE = Shape.of(2, 2, 3);
  private static final double[] DIRECTION = TestGraph.random(5, 12);
  private static final double[] GRADIENT = TestGraph.random(6, 12);

  private TestGraph<TFloat64> graph;

  @BeforeEach
  void open() {
    graph = TestGraph.float64();
  }

  @AfterEach
  void close() {
    graph.close();
  }

  private double[] controlled(NormControl control, double[] direction, double[] gradient) {
    Operand<TFloat64> result =
        control.apply(
            graph.tf,
            graph.constant(SHAPE, direction),
            graph.constant(SHAPE, gradient),
            TFloat64.class);
    graph.start();
    return graph.fetch(result);
  }

  @Test
  void recoveryGivesTheDirectionTheGradientsLength() {
    double[] result = controlled(NormControl.recovery(), DIRECTION, GRADIENT);
    double factor = norm(GRADIENT) / norm(DIRECTION);
    assertThat(norm(result)).isCloseTo(norm(GRADIENT), within(1e-10));
    assertThat(result)
        .containsExactly(
            Arrays.stream(DIRECTION).map(entry -> entry * factor).toArray(), within(1e-10));
  }

  @Test
  void aZeroGradientGivesZero() {
    double[] result = controlled(NormControl.recovery(), DIRECTION, new double[12]);
    assertThat(Arrays.stream(result)).allMatch(entry -> entry == 0);
  }

  @Test
  void aZeroDirectionStaysZero() {
    assertThat(controlled(NormControl.recovery(), new double[12], GRADIENT)).containsOnly(0);
  }

  @Test
  void withoutControlTheDirectionIsKept() {
    assertThat(controlled(NormControl.none(), DIRECTION, GRADIENT)).isEqualTo(DIRECTION);
  }

  private static double norm(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(value -> value * value).sum());
  }
}
