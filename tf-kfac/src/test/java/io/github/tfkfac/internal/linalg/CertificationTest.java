package io.github.tfkfac.internal.linalg;

import static io.github.tfkfac.internal.linalg.GraphValues.evaluate;
import static io.github.tfkfac.internal.linalg.TestMatrices.randomSpd;
import static io.github.tfkfac.internal.linalg.TestMatrices.relativeError;
import static io.github.tfkfac.internal.linalg.TestMatrices.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.Certification;
import io.github.tfkfac.InverseSolver;
import io.github.tfkfac.StepRule;
import io.github.tfkfac.internal.state.Gate;
import io.github.tfkfac.testing.TestGraph;
import java.util.Arrays;
import java.util.List;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat64;

class CertificationTest {

  private static final Certification STRICT = new Certification(4, 1e-3);
  private static final int ORDER = 6;
  private static final long SEED = 90;

  @Test
  void theResidualOfAScaledInverseIsItsRelativeError() {
    SimpleMatrix matrix = randomSpd(ORDER, SEED);
    double[] residual =
        evaluate(
            tf ->
                STRICT.residual(
                    tf, tf.constant(rows(matrix)), tf.constant(rows(matrix.invert().scale(1.25)))));
    assertThat(residual).containsExactly(new double[] {0.25}, within(1e-10));
  }

  @Test
  void theResidualIsAboutTheRootMeanSquareOfTheSingularValues() {
    SimpleMatrix matrix = randomSpd(200, SEED);
    SimpleMatrix inverse = randomSpd(200, SEED + 1);
    double expected = TestMatrices.identityMinus(inverse.mult(matrix)).normF() / Math.sqrt(200);
    double[] residual =
        evaluate(tf -> STRICT.residual(tf, tf.constant(rows(matrix)), tf.constant(rows(inverse))));
    assertThat(residual[0]).isBetween(expected, 1.3 * expected);
  }

  @Test
  void aResidualWithOneBadEntryIsNeverCertified() {
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      double[][] inverse = rows(SimpleMatrix.identity(3));
      inverse[1][1] = bad;
      double[] found =
          evaluate(
              tf -> {
                Operand<TFloat64> identity = Matrices.identity(tf, 3, TFloat64.class);
                Operand<TFloat64> batch = tf.stack(List.of(identity, tf.constant(inverse)));
                Operand<TFloat64> residual = STRICT.residual(tf, batch, batch);
                return STRICT.certified(tf, residual);
              });
      assertThat(found).containsExactly(1, 0);
    }
  }

  @Test
  void badSettingsAreRejected() {
    assertThatThrownBy(() -> new Certification(0, 1)).hasMessageContaining("probes >= 1");
    assertThatThrownBy(() -> new Certification(1, Double.NaN)).hasMessageContaining("tolerance");
    NewtonInverse newton = new NewtonInverse(1, StepRule.inverseNorm());
    assertThatThrownBy(() -> new CertifiedInverse(newton, STRICT, newton, Gate::choose))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected a direct solver of last resort");
  }

  /** The warm start is the inverse with an error of the given size. */
  @ParameterizedTest
  @CsvSource({"0.01, false, false, 0", "0.1, true, false, 0", "0.9, false, true, 1"})
  void repairsGoNoFurtherThanNeeded(
      double error, boolean extended, boolean exact, int factorizations) {
    SimpleMatrix matrix = randomSpd(ORDER, SEED);
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> m = graph.input(Shape.of(ORDER, ORDER));
      Operand<TFloat64> start = graph.input(Shape.of(ORDER, ORDER));
      CertifiedInverse.Result<TFloat64> result = solver().of(graph.tf, m, start);
      List<Operand<TFloat64>> values =
          List.of(
              result.inverse(),
              result.residual(),
              number(graph, result.extended()),
              number(graph, result.exact()));
      Op residual = graph.tf.identity(result.residual());
      graph.startOptimized();
      graph.feed(m, Shape.of(ORDER, ORDER), matrix.getDDRM().getData());
      graph.feed(
          start, Shape.of(ORDER, ORDER), matrix.invert().scale(1 + error).getDDRM().getData());
      List<double[]> found = graph.fetch(values);

      assertThat(relativeError(TestMatrices.fromRows(ORDER, found.get(0)), matrix.invert()))
          .isLessThan(STRICT.tolerance());
      assertThat(found.get(1)[0]).isLessThan(STRICT.tolerance());
      assertThat(found.get(2)[0]).isEqualTo(extended ? 1 : 0);
      assertThat(found.get(3)[0]).isEqualTo(exact ? 1 : 0);
      List<String> executed = graph.executed(residual);
      assertThat(executed.stream().filter(name -> name.startsWith("Cholesky")))
          .hasSize(factorizations);
    }
  }

  @Test
  void onlyTheMatricesThatFailAreRepaired() {
    double[] errors = {0.01, Double.NaN, 0.1};
    double[] matrices = new double[3 * ORDER * ORDER];
    double[] starts = matrices.clone();
    SimpleMatrix matrix = randomSpd(ORDER, SEED);
    for (int i = 0; i < 3; i++) {
      int offset = i * ORDER * ORDER;
      System.arraycopy(matrix.getDDRM().getData(), 0, matrices, offset, ORDER * ORDER);
      SimpleMatrix start = matrix.invert().scale(1 + errors[i]);
      System.arraycopy(start.getDDRM().getData(), 0, starts, offset, ORDER * ORDER);
    }
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Shape shape = Shape.of(3, ORDER, ORDER);
      CertifiedInverse.Result<TFloat64> result =
          solver().of(graph.tf, graph.constant(shape, matrices), graph.constant(shape, starts));
      List<Operand<TFloat64>> values =
          List.of(
              result.inverse(),
              result.newton().inverse(),
              number(graph, result.extended()),
              number(graph, result.exact()));
      graph.start();
      List<double[]> found = graph.fetch(values);
      int entries = ORDER * ORDER;
      assertThat(Arrays.copyOf(found.get(0), entries))
          .isEqualTo(Arrays.copyOf(found.get(1), entries));
      assertThat(found.get(2)).containsExactly(0, 0, 1);
      assertThat(found.get(3)).containsExactly(0, 1, 0);
      for (int i = 0; i < 3; i++) {
        double[] part = Arrays.copyOfRange(found.get(0), i * entries, (i + 1) * entries);
        assertThat(relativeError(TestMatrices.fromRows(ORDER, part), matrix.invert()))
            .isLessThan(STRICT.tolerance());
      }
    }
  }

  private static CertifiedInverse solver() {
    return new CertifiedInverse(
        new NewtonInverse(1, StepRule.spectralGuard()),
        STRICT,
        InverseSolver.cholesky(),
        Gate::choose);
  }

  private static Operand<TFloat64> number(TestGraph<TFloat64> graph, Operand<TBool> flag) {
    return graph.tf.dtypes.cast(flag, TFloat64.class);
  }
}
