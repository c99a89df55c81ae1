package io.github.tfkfac.internal.damping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.PowerIteration;
import io.github.tfkfac.Schedule;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.extension.DampingContext;
import io.github.tfkfac.extension.FactorPair;
import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.testing.TestGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
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
  void strengthsAreSchedules() {
    Schedule falling = Schedule.stepDecay(0.4, 0.5, 1);
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      List<Operand<TFloat64>> dampings = new ArrayList<>();
      for (Damping damping :
          List.of(
              new Damping.Relative(falling, falling, new PowerIteration(10)),
              new Damping.Absolute(falling),
              new Damping.SquareRoot(falling),
              new FactoredTikhonov(falling))) {
        DampingContext context = DampingContext.at(graph.tf, damping, graph.tf.constant(2L));
        Operand<TFloat64> matrix = graph.constant(Shape.of(2, 2), 5, 0, 0, 1);
        Operand<TFloat64> scale = damping.scale().of(graph.tf, new FactorStructure.Full(2), matrix);
        dampings.add(
            damping.of(graph.tf, new FactorPair<>(scale, scale), context, TFloat64.class).output());
      }
      graph.start();
      double[] values = graph.fetch(dampings).stream().mapToDouble(value -> value[0]).toArray();
      assertThat(values)
          .containsExactly(new double[] {0.5, 0.1, Math.sqrt(0.1), Math.sqrt(0.1)}, within(1e-9));
    }
  }

  @Test
  void squareRootsMultiplyToLambda() {
    assertThat(pair(Damping.squareRoot(0.09), 1, 1))
        .containsExactly(new double[] {0.3, 0.3}, within(1e-12));
  }

  @Test
  void factoredTikhonovSharesLambdaByTheFactorsMeanEigenvalues() {
    assertThat(pair(Damping.factoredTikhonov(0.04), 9, 1))
        .containsExactly(new double[] {0.6, 0.2 / 3}, within(1e-12));
  }

  @Test
  void factoredTikhonovSharesEquallyWhereAScaleSaysNothing() {
    double[][] useless = {
      {0, 1}, {1, 0}, {0, 0}, {Double.NaN, 1}, {1, Double.POSITIVE_INFINITY}, {-1, -1}
    };
    for (double[] scales : useless) {
      assertThat(pair(Damping.factoredTikhonov(0.04), scales[0], scales[1]))
          .as("%s", Arrays.toString(scales))
          .containsExactly(new double[] {0.2, 0.2}, within(1e-12));
    }
  }

  /** The dampings of a layer whose factors have these scales. */
  private static double[] pair(Damping damping, double input, double output) {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      FactorPair<TFloat64> scales = new FactorPair<>(tf.constant(input), tf.constant(output));
      FactorPair<TFloat64> of =
          damping.of(tf, scales, DampingContext.at(tf, damping, tf.constant(0L)), TFloat64.class);
      graph.start();
      List<double[]> values = graph.fetch(List.of(of.input(), of.output()));
      return new double[] {values.get(0)[0], values.get(1)[0]};
    }
  }

  @Test
  void constantsThatAreNotPositiveAreRejected() {
    assertThatThrownBy(() -> Damping.factoredTikhonov(-1))
        .hasMessage("expected a damping's lambda > 0, found -1.0");
    assertThatThrownBy(() -> Damping.absolute(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected a damping's value > 0, found 0.0");
    assertThatThrownBy(() -> new Damping.Relative(-1, 1, new PowerIteration(1)))
        .hasMessageContaining("share");
    assertThatThrownBy(() -> new Damping.Relative(1, Double.NaN, new PowerIteration(1)))
        .hasMessageContaining("floor");
  }
}
