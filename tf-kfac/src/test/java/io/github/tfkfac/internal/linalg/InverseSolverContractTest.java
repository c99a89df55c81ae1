package io.github.tfkfac.internal.linalg;

import static io.github.tfkfac.internal.linalg.GraphValues.evaluate;
import static io.github.tfkfac.internal.linalg.TestMatrices.damped;
import static io.github.tfkfac.internal.linalg.TestMatrices.fromRows;
import static io.github.tfkfac.internal.linalg.TestMatrices.randomSpd;
import static io.github.tfkfac.internal.linalg.TestMatrices.relativeError;
import static io.github.tfkfac.internal.linalg.TestMatrices.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.InverseSolver;
import io.github.tfkfac.SolverTimings;
import io.github.tfkfac.StepRule;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/** What every solver promises; Newton runs until it has converged. */
@ParameterizedClass
@MethodSource("solvers")
class InverseSolverContractTest {

  private static final double FLOAT64_TOLERANCE = 1e-10;
  private static final double FLOAT32_TOLERANCE = 1e-3;

  @Parameter InverseSolver solver;

  static Stream<InverseSolver> solvers() {
    return Stream.of(
        InverseSolver.lu(),
        InverseSolver.cholesky(),
        InverseSolver.block(),
        InverseSolver.eigen(),
        InverseSolver.fastest(new SolverTimings(Map.of(4, Map.of(InverseSolver.cholesky(), 1e-3)))),
        InverseSolver.newton(32, StepRule.inverseNorm()),
        InverseSolver.newton(16, StepRule.exactLineSearch()),
        InverseSolver.newton(16, StepRule.spectralGuard()));
  }

  @Test
  void invertsTheIdentity() {
    assertInverse(SimpleMatrix.identity(4), SimpleMatrix.identity(4));
  }

  @Test
  void invertsADiagonalMatrix() {
    assertInverse(SimpleMatrix.diag(0.5, 4, 8), SimpleMatrix.diag(2, 0.25, 0.125));
  }

  @Test
  void invertsANumber() {
    assertInverse(SimpleMatrix.diag(8), SimpleMatrix.diag(0.125));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void invertsARandomMatrix(long seed) {
    SimpleMatrix matrix = randomSpd(7, seed);
    assertInverse(matrix, matrix.invert());
  }

  @Test
  void invertsABadlyConditionedMatrixAfterDamping() {
    SimpleMatrix matrix = damped(TestMatrices.hilbert(6), 1e-3);
    assertInverse(matrix, matrix.invert());
  }

  @Test
  void invertsTheZeroMatrixAfterDamping() {
    assertInverse(damped(new SimpleMatrix(3, 3), 1e-4), SimpleMatrix.identity(3).scale(1e4));
  }

  @Test
  void invertsEveryMatrixOfABatch() {
    List<SimpleMatrix> matrices =
        List.of(randomSpd(4, 11), SimpleMatrix.diag(8, 1, 1, 0.1), randomSpd(4, 12).scale(100));

    List<SimpleMatrix> inverses = invertBatch(TFloat64.class, matrices);

    for (int i = 0; i < matrices.size(); i++) {
      assertThat(relativeError(inverses.get(i), matrices.get(i).invert()))
          .as("matrix %d", i)
          .isLessThan(FLOAT64_TOLERANCE);
      assertThat(relativeError(inverses.get(i), invert(TFloat64.class, matrices.get(i))))
          .as("matrix %d against the single form", i)
          .isLessThan(FLOAT64_TOLERANCE);
    }
  }

  @Test
  void resultIsSymmetric() {
    SimpleMatrix inverse = invert(TFloat64.class, randomSpd(9, 5));
    assertThat(relativeError(inverse.transpose(), inverse)).isLessThan(FLOAT64_TOLERANCE);
  }

  @Test
  void nonFiniteMatrixGivesNonFiniteResultWithoutFailingOrTouchingItsNeighbors() {
    SimpleMatrix good = randomSpd(3, 7);
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      SimpleMatrix broken = good.copy();
      broken.set(1, 1, bad);

      List<SimpleMatrix> inverses = invertBatch(TFloat64.class, List.of(broken, good));

      assertThat(inverses.get(0).getDDRM().getData()).as("%s", bad).contains(Double.NaN);
      assertThat(relativeError(inverses.get(1), good.invert())).isLessThan(FLOAT64_TOLERANCE);
    }
  }

  @Test
  void rejectsAMatrixThatIsNotSquare() {
    assertThatThrownBy(
            () ->
                evaluate(
                    tf -> {
                      var matrix = tf.constant(new double[][] {{1, 2}});
                      return solver.inverse(tf, matrix, matrix);
                    }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[1, 2]");
  }

  private void assertInverse(SimpleMatrix matrix, SimpleMatrix expected) {
    assertThat(relativeError(invert(TFloat64.class, matrix), expected))
        .as("float64")
        .isLessThan(FLOAT64_TOLERANCE);
    assertThat(relativeError(invert(TFloat32.class, matrix), expected))
        .as("float32")
        .isLessThan(FLOAT32_TOLERANCE);
  }

  private <T extends TNumber> SimpleMatrix invert(Class<T> type, SimpleMatrix matrix) {
    return fromRows(
        matrix.getNumRows(),
        evaluate(
            tf ->
                solver.inverse(
                    tf,
                    GraphValues.matrix(tf, type, rows(matrix)),
                    GraphValues.matrix(tf, type, rows(start(matrix))))));
  }

  private <T extends TNumber> List<SimpleMatrix> invertBatch(
      Class<T> type, List<SimpleMatrix> matrices) {
    int order = matrices.get(0).getNumRows();
    double[] values =
        evaluate(
            tf ->
                solver.inverse(
                    tf,
                    GraphValues.batch(tf, type, stack(matrices)),
                    GraphValues.batch(
                        tf, type, stack(matrices.stream().map(this::start).toList()))));
    int entries = order * order;
    return Stream.iterate(0, i -> i + entries)
        .limit(matrices.size())
        .map(from -> fromRows(order, Arrays.copyOfRange(values, from, from + entries)))
        .toList();
  }

  private SimpleMatrix start(SimpleMatrix matrix) {
    return SimpleMatrix.identity(matrix.getNumRows()).divide(matrix.normF());
  }

  private static double[][][] stack(List<SimpleMatrix> matrices) {
    return matrices.stream().map(TestMatrices::rows).toArray(double[][][]::new);
  }
}
