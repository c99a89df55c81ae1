package io.github.tfkfac.internal.linalg;

import static io.github.tfkfac.internal.linalg.TestMatrices.relativeError;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.PowerIteration;
import io.github.tfkfac.internal.state.Gate;
import io.github.tfkfac.testing.TestGraph;
import java.util.Arrays;
import java.util.List;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat64;

class WoodburyInverseTest {

  private static final double TOLERANCE = 1e-10;
  private static final WoodburyInverse WOODBURY = new WoodburyInverse(Gate::choose);
  private static final int ROWS = 5;
  private static final long SEED = 80;

  private TestGraph<TFloat64> graph;

  @BeforeEach
  void open() {
    graph = TestGraph.float64();
  }

  @AfterEach
  void close() {
    graph.close();
  }

  private static SimpleMatrix product(double[] u, int columns) {
    SimpleMatrix matrix = new SimpleMatrix(ROWS, columns, true, u);
    return matrix.mult(matrix.transpose());
  }

  private static SimpleMatrix expected(double[] u, int columns, double damping) {
    return TestMatrices.damped(product(u, columns), damping).invert();
  }

  @ParameterizedTest
  @CsvSource({"1, true", "3, true", "5, true", "9, true", "3, false", "5, false", "9, false"})
  void equalsTheDenseInverse(int columns, boolean known) {
    double[] u = TestGraph.random(SEED, (long) ROWS * columns);
    Operand<TFloat64> input = graph.input(Shape.of(ROWS, known ? columns : -1));
    Operand<TFloat64> inverse = WOODBURY.of(graph.tf, input, graph.tf.constant(0.1));
    graph.start();
    graph.feed(input, Shape.of(ROWS, columns), u);
    SimpleMatrix actual = TestMatrices.fromRows(ROWS, graph.fetch(inverse));
    assertThat(Matrices.order(inverse)).isEqualTo(ROWS);
    assertThat(relativeError(actual, expected(u, columns, 0.1)))
        .as("seed %d", SEED)
        .isLessThan(TOLERANCE);
    assertThat(actual.minus(actual.transpose()).elementMaxAbs()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 7})
  void onlyOneWayRunsWhenTheColumnsAreCountedAtRunTime(int columns) {
    Operand<TFloat64> input = graph.input(Shape.of(ROWS, -1));
    Operand<TFloat64> inverse = WOODBURY.of(graph.tf, input, graph.tf.constant(0.1));
    Op target = graph.tf.identity(inverse);
    graph.startOptimized();
    graph.feed(input, Shape.of(ROWS, columns), TestGraph.random(SEED, (long) ROWS * columns));
    List<String> factorizations =
        graph.executed(target).stream().filter(name -> name.startsWith("Cholesky")).toList();
    assertThat(factorizations).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 7})
  void everyMatrixOfABatchHasItsDamping(int columns) {
    double[] u = TestGraph.random(SEED, 2L * ROWS * columns);
    double[] damping = {0.1, 3};
    Operand<TFloat64> inverse =
        WOODBURY.of(
            graph.tf,
            graph.constant(Shape.of(2, ROWS, columns), u),
            graph.constant(Shape.of(2), damping));
    graph.start();
    double[] both = graph.fetch(inverse);
    for (int i = 0; i < 2; i++) {
      double[] part = Arrays.copyOfRange(u, i * ROWS * columns, (i + 1) * ROWS * columns);
      double[] found = Arrays.copyOfRange(both, i * ROWS * ROWS, (i + 1) * ROWS * ROWS);
      assertThat(
              relativeError(
                  TestMatrices.fromRows(ROWS, found), expected(part, columns, damping[i])))
          .isLessThan(TOLERANCE);
    }
  }

  @ParameterizedTest
  @CsvSource({"2, NaN, 0.1", "7, NaN, 0.1", "2, 1, NaN", "7, 1, 0", "7, Infinity, 0.1"})
  void whatIsNotFiniteOrNotDampedGivesNaNWithoutFailing(int columns, double entry, double damping) {
    double[] u = new double[ROWS * columns];
    u[1] = entry;
    Operand<TFloat64> inverse =
        WOODBURY.of(
            graph.tf, graph.constant(Shape.of(ROWS, columns), u), graph.tf.constant(damping));
    graph.start();
    assertThat(graph.fetch(inverse)).containsOnly(Double.NaN);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5, 9})
  void sizesOfTheProductComeFromItsFactor(int columns) {
    double[] u = TestGraph.random(SEED, (long) ROWS * columns);
    Operand<TFloat64> input = graph.input(Shape.of(ROWS, -1));
    Operand<TFloat64> norm = LowRank.frobeniusNorm(graph.tf, input);
    Operand<TFloat64> fixed =
        LowRank.frobeniusNorm(graph.tf, graph.constant(Shape.of(ROWS, columns), u));
    PowerIteration ten = new PowerIteration(10);
    Operand<TFloat64> largest = LowRank.lambdaMax(graph.tf, input, ten);
    Operand<TFloat64> dense = ten.lambdaMax(graph.tf, LowRank.dense(graph.tf, input));
    graph.start();
    graph.feed(input, Shape.of(ROWS, columns), u);
    List<double[]> values = graph.fetch(List.of(norm, fixed, largest, dense));
    double expected = product(u, columns).normF();
    assertThat(values.get(0)[0]).isCloseTo(expected, within(TOLERANCE));
    assertThat(values.get(1)[0]).isCloseTo(expected, within(TOLERANCE));
    assertThat(values.get(2)[0]).isCloseTo(values.get(3)[0], within(TOLERANCE));
  }

  @Test
  void anUnknownNumberOfRowsIsRejected() {
    Operand<TFloat64> input = graph.input(Shape.of(-1, 3));
    assertThatThrownBy(() -> WOODBURY.of(graph.tf, input, graph.tf.constant(1.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("known c and d");
  }
}
