package io.github.tfkfac.internal.linalg;

import static io.github.tfkfac.internal.linalg.GraphValues.evaluateAll;
import static io.github.tfkfac.internal.linalg.TestMatrices.fromRows;
import static io.github.tfkfac.internal.linalg.TestMatrices.identityMinus;
import static io.github.tfkfac.internal.linalg.TestMatrices.largestEigenvalue;
import static io.github.tfkfac.internal.linalg.TestMatrices.randomSpd;
import static io.github.tfkfac.internal.linalg.TestMatrices.relativeError;
import static io.github.tfkfac.internal.linalg.TestMatrices.rows;
import static io.github.tfkfac.internal.linalg.TestMatrices.symmetrize;
import static io.github.tfkfac.internal.linalg.TestMatrices.withEigenvalues;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.InverseSolver;
import io.github.tfkfac.NewtonStep;
import io.github.tfkfac.StepRule;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.types.TFloat64;

class StepRuleTest {

  private static final double ROUNDING = 1e-12;
  private static final StepRule INVERSE_NORM = StepRule.inverseNorm();
  private static final StepRule LINE_SEARCH = StepRule.exactLineSearch();
  private static final StepRule GUARD = StepRule.spectralGuard();

  private record Step(SimpleMatrix inverse, boolean full, double startResidual) {}

  static Stream<StepRule> rules() {
    return Stream.of(INVERSE_NORM, LINE_SEARCH, GUARD);
  }

  @ParameterizedTest
  @CsvSource({"0.5, 1, true", "1.6, 1, true", "2, 0.5, false", "8, 0.125, false"})
  void inverseNormOnNumbers(double x, double alpha, boolean full) {
    assertStepOnNumbers(INVERSE_NORM, x, alpha, full);
  }

  @ParameterizedTest
  @CsvSource({"0.5, 1, true", "1.6, 1, true", "2, 0.5, false", "8, 0.125, false"})
  void lineSearchOnNumbersIsExactWhenFar(double x, double alpha, boolean full) {
    assertStepOnNumbers(LINE_SEARCH, x, alpha, full);
  }

  @ParameterizedTest
  @CsvSource({
    "0.5, 1, true",
    "1.63, 1, true",
    "1.64, 0.5543237250554324, false",
    "8, 0.11363636363636363, false"
  })
  void spectralGuardOnNumbers(double x, double alpha, boolean full) {
    assertStepOnNumbers(GUARD, x, alpha, full);
  }

  @Test
  void closedFormOnADiagonal() {
    double[] x = {0.1, 0.5, 1, 3};
    double norm = Math.sqrt(0.01 + 0.25 + 1 + 9);
    Step step = step(INVERSE_NORM, SimpleMatrix.identity(4), SimpleMatrix.diag(x));
    double[] expected = DoubleStream.of(x).map(e -> (1 + 1 / norm) * e - e * e / norm).toArray();
    assertThat(relativeError(step.inverse(), SimpleMatrix.diag(expected))).isLessThan(ROUNDING);
    assertThat(step.full()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyRuleFollowsItsFormulaAndTheResidualIdentity(long seed) {
    SimpleMatrix matrix = randomSpd(6, seed);
    for (double distance : new double[] {0.05, 0.5, 3}) {
      SimpleMatrix noise = randomSpd(6, seed + 100).scale(distance);
      SimpleMatrix start = matrix.invert().plus(noise);
      SimpleMatrix x = start.mult(matrix);
      rules()
          .forEach(
              rule -> {
                String name = rule + ", seed " + seed + ", distance " + distance;
                double alpha = oracleStepSize(rule, matrix, start);
                Step step = step(rule, matrix, start);

                SimpleMatrix expected = start.scale(1 + alpha).minus(x.mult(start).scale(alpha));
                assertThat(relativeError(step.inverse(), expected)).as(name).isLessThan(ROUNDING);
                assertThat(step.full()).as(name).isEqualTo(alpha == 1);
                assertThat(
                        identityMinus(step.inverse().mult(matrix))
                            .minus(identityMinus(x).mult(identityMinus(x.scale(alpha))))
                            .normF())
                    .as(name)
                    .isLessThan(ROUNDING * (1 + x.normF() * x.normF()));
              });
    }
  }

  @ParameterizedTest
  @MethodSource("rules")
  void anExactInverseIsAFixedPoint(StepRule rule) {
    SimpleMatrix matrix = randomSpd(8, 31);
    Step step = step(rule, matrix, matrix.invert());
    assertThat(relativeError(step.inverse(), matrix.invert())).isLessThan(ROUNDING);
    assertThat(step.full()).isTrue();
    assertThat(step.startResidual()).isLessThan(ROUNDING);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void zeroStaysZeroInsteadOfBecomingNaN(StepRule rule) {
    SimpleMatrix zero = new SimpleMatrix(3, 3);
    assertThat(step(rule, randomSpd(3, 32), zero).inverse().isIdentical(zero, 0)).isTrue();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void aFarStartConvergesWhereTheUnguardedStepDiverges(StepRule rule) {
    // M = S², B = S⁻¹·Y·S⁻¹: B·M has the eigenvalues of Y.
    SimpleMatrix y = withEigenvalues(41, 8, 3, 1.5, 1, 0.9, 0.6, 0.5, 0.3);
    SimpleMatrix root = withEigenvalues(42, 3, 2, 1.5, 1, 1, 0.7, 0.6, 0.5);
    SimpleMatrix matrix = symmetrize(root.mult(root));
    SimpleMatrix start = symmetrize(root.invert().mult(y).mult(root.invert()));

    SimpleMatrix unguarded = start;
    for (int i = 0; i < 8; i++) {
      unguarded = unguarded.scale(2).minus(unguarded.mult(matrix).mult(unguarded));
    }
    assertThat(unguarded.normF()).isGreaterThan(1e50);

    Step first = refine(new NewtonInverse(1, rule), matrix, start);
    assertThat(first.full()).isFalse();
    assertThat(largestEigenvalue(first.inverse().mult(matrix))).isLessThan(8);
    SimpleMatrix last = refine(new NewtonInverse(25, rule), matrix, start).inverse();
    assertThat(relativeError(last, matrix.invert())).isLessThan(1e-10);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void symmetryIsKept(StepRule rule) {
    SimpleMatrix matrix = randomSpd(10, 51);
    SimpleMatrix start = symmetrize(matrix.invert().plus(randomSpd(10, 52)));
    SimpleMatrix inverse = refine(new NewtonInverse(5, rule), matrix, start).inverse();
    assertThat(relativeError(inverse.transpose(), inverse))
        .isLessThan(rule.equals(GUARD) ? Double.MIN_VALUE : ROUNDING);
  }

  @ParameterizedTest
  @ValueSource(longs = {61, 62, 63})
  void lineSearchMinimizesTheResidual(long seed) {
    SimpleMatrix matrix = randomSpd(5, seed);
    SimpleMatrix start = matrix.invert().plus(randomSpd(5, seed + 10).scale(40));
    Step step = step(LINE_SEARCH, matrix, start);
    assertThat(step.full()).as("seed %d", seed).isFalse();
    double reached = residual(matrix, step.inverse());
    double best = residual(matrix, start);
    SimpleMatrix product = start.mult(matrix).mult(start);
    for (double alpha = -1; alpha <= 3; alpha += 1e-4) {
      best = Math.min(best, residual(matrix, start.scale(1 + alpha).minus(product.scale(alpha))));
    }
    assertThat(reached).as("seed %d", seed).isLessThanOrEqualTo(best + ROUNDING);
    assertThat(reached).as("seed %d", seed).isCloseTo(best, within(1e-4 * best));
  }

  @Test
  void lineSearchCanLosePositiveDefiniteness() {
    double[] x =
        DoubleStream.concat(DoubleStream.generate(() -> 0.01).limit(100), DoubleStream.of(1.5))
            .toArray();
    SimpleMatrix inverse =
        step(LINE_SEARCH, SimpleMatrix.identity(101), SimpleMatrix.diag(x)).inverse();
    assertThat(inverse.get(100, 100)).isNegative();
  }

  @Test
  void inverseNormShortensTheStepInHighDimensionWhereTheGuardDoesNot() {
    SimpleMatrix matrix = SimpleMatrix.identity(150);
    SimpleMatrix start = matrix.scale(0.9);
    assertThat(step(INVERSE_NORM, matrix, start).full()).isFalse();
    assertThat(step(GUARD, matrix, start).full()).isTrue();
  }

  @Test
  void spectralGuardLooksAtEigenvaluesNotAtSingularValues() {
    // B·M = [[1, 0.04], [4, 1]]: eigenvalues 1.4 and 0.6, largest singular value 4.2.
    SimpleMatrix matrix = SimpleMatrix.diag(100, 1);
    SimpleMatrix start = new SimpleMatrix(new double[][] {{0.01, 0.04}, {0.04, 1}});
    assertThat(step(GUARD, matrix, start).full()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void everyMatrixOfABatchHasItsOwnStepSize(StepRule rule) {
    List<SimpleMatrix> matrices = List.of(randomSpd(4, 71), randomSpd(4, 72));
    List<SimpleMatrix> starts =
        List.of(matrices.get(0).invert().scale(0.9), matrices.get(1).invert().scale(5));
    List<double[]> values =
        evaluateAll(
            tf -> {
              var step =
                  rule.step(
                      tf,
                      GraphValues.batch(
                          tf, TFloat64.class, rows(matrices.get(0)), rows(matrices.get(1))),
                      GraphValues.batch(
                          tf, TFloat64.class, rows(starts.get(0)), rows(starts.get(1))));
              return List.of(step.inverse(), step.fullStep(), step.startResidual());
            });
    assertThat(values.get(1)).containsExactly(1, 0);
    SimpleMatrix both = new SimpleMatrix(8, 4, true, values.get(0));
    for (int i = 0; i < 2; i++) {
      Step single = step(rule, matrices.get(i), starts.get(i));
      assertThat(relativeError(both.rows(4 * i, 4 * i + 4), single.inverse())).isLessThan(ROUNDING);
      assertThat(values.get(2)[i]).isCloseTo(single.startResidual(), within(ROUNDING));
    }
  }

  @Test
  void severalIterationsReportTheFirstResidualAndAnyShortenedStep() {
    SimpleMatrix matrix = randomSpd(4, 81);
    SimpleMatrix start = matrix.invert().scale(4);
    Step step = refine(new NewtonInverse(20, INVERSE_NORM), matrix, start);
    assertThat(step.full()).isFalse();
    assertThat(step.startResidual()).isCloseTo(6, within(ROUNDING));
    assertThat(relativeError(step.inverse(), matrix.invert())).isLessThan(ROUNDING);
  }

  @Test
  void rejectsZeroIterations() {
    assertThatThrownBy(() -> InverseSolver.newton(0, INVERSE_NORM))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("iterations >= 1");
  }

  @Test
  void rejectsAWarmStartOfAnotherShape() {
    assertThatThrownBy(
            () ->
                refine(
                    new NewtonInverse(1, INVERSE_NORM),
                    SimpleMatrix.identity(3),
                    SimpleMatrix.identity(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[3, 3]")
        .hasMessageContaining("[2, 2]");
  }

  /** With m = 2 and b = x/2: b' = b(1 + α(1 − x)). */
  private static void assertStepOnNumbers(StepRule rule, double x, double alpha, boolean full) {
    double b = x / 2;
    Step step = step(rule, SimpleMatrix.diag(2), SimpleMatrix.diag(b));
    assertThat(step.inverse().get(0, 0)).isCloseTo(b * (1 + alpha * (1 - x)), within(ROUNDING));
    assertThat(step.full()).isEqualTo(full);
    assertThat(step.startResidual()).isCloseTo(Math.abs(1 - x), within(ROUNDING));
  }

  /** The step size by the formulas of the rules, on the host. */
  private static double oracleStepSize(StepRule rule, SimpleMatrix matrix, SimpleMatrix start) {
    SimpleMatrix x = start.mult(matrix);
    boolean near = identityMinus(x).normF() < 1;
    if (rule instanceof InverseNorm) {
      return near ? 1 : 1 / x.normF();
    }
    if (rule instanceof ExactLineSearch) {
      SimpleMatrix product = matrix.mult(start);
      SimpleMatrix r = identityMinus(product).negative();
      SimpleMatrix change = product.mult(r);
      return near ? 1 : r.elementMult(change).elementSum() / Math.pow(change.normF(), 2);
    }
    double[] v = PowerIterationTest.start(matrix.getNumRows());
    SimpleMatrix column = new SimpleMatrix(v.length, 1, true, v);
    for (int i = 0; i < 20; i++) {
      column = x.mult(column.divide(column.normF()));
    }
    double bound = 1.1 * column.normF();
    return bound < 1.8 ? 1 : 1 / bound;
  }

  private static double residual(SimpleMatrix matrix, SimpleMatrix inverse) {
    return identityMinus(matrix.mult(inverse)).normF();
  }

  private static Step step(StepRule rule, SimpleMatrix matrix, SimpleMatrix start) {
    return refine(new NewtonInverse(1, rule), matrix, start);
  }

  private static Step refine(NewtonInverse newton, SimpleMatrix matrix, SimpleMatrix start) {
    List<double[]> values =
        evaluateAll(
            tf -> {
              NewtonStep<TFloat64> step =
                  newton.refine(tf, tf.constant(rows(matrix)), tf.constant(rows(start)));
              return List.of(step.inverse(), step.fullStep(), step.startResidual());
            });
    return new Step(
        fromRows(matrix.getNumRows(), values.get(0)), values.get(1)[0] == 1, values.get(2)[0]);
  }
}
