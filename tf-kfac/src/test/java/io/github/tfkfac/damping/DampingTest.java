package io.github.tfkfac.damping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.linalg.PowerIteration;
import io.github.tfkfac.testing.TestGraph;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

class DampingTest {

  /** Three diagonal matrices: eigenvalues 5 and 2, all zero, and so small that the floor holds. */
  private static final double[] STACK = {5, 0, 0, 2, 0, 0, 0, 0, 0.005, 0, 0, 0.001};

  @Test
  void relativeDampingIsAShareOfEachMatrixsLargestEigenvalueButNoLessThanTheFloor() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> stack = graph.constant(Shape.of(3, 2, 2), STACK);
      Operand<TFloat64> of = Damping.relative().of(graph.tf, stack, TFloat64.class);
      graph.start();
      assertThat(graph.fetch(of)).containsExactly(new double[] {0.05, 1e-4, 1e-4}, within(1e-8));
    }
  }

  @Test
  void relativeDampingTakesItsConstants() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> matrix = graph.constant(Shape.of(2, 2), 5, 0, 0, 2);
      Operand<TFloat64> of =
          new Damping.Relative(0.3, 0.1, new PowerIteration(20))
              .of(graph.tf, matrix, TFloat64.class);
      graph.start();
      assertThat(of.shape()).isEqualTo(Shape.scalar());
      assertThat(graph.fetch(of)).containsExactly(new double[] {1.5}, within(1e-12));
    }
  }

  @Test
  void absoluteDampingIsTheSameForEveryMatrix() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> stack = graph.constant(Shape.of(3, 2, 2), STACK);
      Operand<TFloat64> ofStack = Damping.absolute(0.7).of(graph.tf, stack, TFloat64.class);
      Operand<TFloat64> matrix = graph.constant(Shape.of(2, 2), 5, 0, 0, 2);
      Operand<TFloat64> ofMatrix = Damping.absolute(0.7).of(graph.tf, matrix, TFloat64.class);
      graph.start();
      assertThat(graph.fetch(ofStack)).containsExactly(0.7, 0.7, 0.7);
      assertThat(graph.fetch(ofMatrix)).containsExactly(0.7);
    }
  }

  @Test
  void constantsThatAreNotPositiveAreRefused() {
    assertThatThrownBy(() -> Damping.absolute(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected a damping's value > 0, found 0.0");
    assertThatThrownBy(() -> new Damping.Relative(-1, 1, new PowerIteration(1)))
        .hasMessageContaining("share");
    assertThatThrownBy(() -> new Damping.Relative(1, Double.NaN, new PowerIteration(1)))
        .hasMessageContaining("floor");
  }
}
