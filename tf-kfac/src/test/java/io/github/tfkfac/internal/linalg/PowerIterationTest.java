package io.github.tfkfac.internal.linalg;

import static io.github.tfkfac.internal.linalg.GraphValues.evaluate;
import static io.github.tfkfac.internal.linalg.TestMatrices.largestEigenvalue;
import static io.github.tfkfac.internal.linalg.TestMatrices.randomSpd;
import static io.github.tfkfac.internal.linalg.TestMatrices.rows;
import static io.github.tfkfac.internal.linalg.TestMatrices.withEigenvalues;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.github.tfkfac.PowerIteration;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

class PowerIterationTest {

  private static final double ROUNDING = 1e-13;
  private static final PowerIteration TEN = new PowerIteration(10);

  @Test
  void startVectorIsTheDocumentedOne() {
    double[] start = evaluate(tf -> PowerIteration.start(tf, tf.constant(new double[5][5])));
    assertThat(start)
        .containsExactly(
            new double[] {
              1.618033988749895,
              1.2360679774997898,
              1.8541019662496847,
              1.4721359549995796,
              1.0901699437494745
            },
            within(1e-15));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 40})
  void agreesWithTheFormulaToRounding(int order) {
    double[][] matrix = rows(randomSpd(order, order));
    double expected = byTheFormula(matrix, 10);
    assertThat(lambdaMax(TEN, TFloat64.class, matrix))
        .isCloseTo(expected, within(ROUNDING * expected));
    assertThat(lambdaMax(TEN, TFloat32.class, matrix)).isCloseTo(expected, within(1e-5 * expected));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void approachesTheLargestEigenvalueFromBelow(long seed) {
    SimpleMatrix matrix = withEigenvalues(seed, 3, 2, 1.5, 1, 1, 0.1, 0);
    double exact = largestEigenvalue(matrix);
    assertThat(lambdaMax(new PowerIteration(30), TFloat64.class, rows(matrix)))
        .as("seed %d", seed)
        .isCloseTo(exact, within(1e-9 * exact));
    assertThat(lambdaMax(TEN, TFloat64.class, rows(matrix)))
        .as("seed %d", seed)
        .isBetween(0.99 * exact, exact * (1 + ROUNDING));
  }

  @Test
  void findsTheEigenvalueThoughTheOnesVectorLiesInTheNullSpace() {
    // The curvature of a softmax: diag(p) − p·pᵀ, whose rows sum to zero.
    SimpleMatrix p = new SimpleMatrix(4, 1, true, 0.4, 0.3, 0.2, 0.1);
    SimpleMatrix matrix = SimpleMatrix.diag(0.4, 0.3, 0.2, 0.1).minus(p.mult(p.transpose()));
    assertThat(lambdaMax(TEN, TFloat64.class, rows(matrix)))
        .isCloseTo(largestEigenvalue(matrix), withinPercentage(1));
  }

  @Test
  void zeroMatrixGivesZero() {
    assertThat(lambdaMax(TEN, TFloat64.class, new double[3][3])).isZero();
    assertThat(spectralRadius(TEN, new double[3][3])).isZero();
  }

  @Test
  void nilpotentMatrixGivesZeroNotNaN() {
    assertThat(spectralRadius(TEN, new double[][] {{0, 1}, {0, 0}})).isZero();
  }

  @Test
  void nonFiniteMatrixGivesNaN() {
    assertThat(lambdaMax(TEN, TFloat64.class, new double[][] {{Double.NaN, 0}, {0, 1}})).isNaN();
    assertThat(
            lambdaMax(TEN, TFloat64.class, new double[][] {{Double.POSITIVE_INFINITY, 0}, {0, 1}}))
        .isNaN();
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-12, 1e12})
  void scalesWithTheMatrixInFloat32(double scale) {
    SimpleMatrix matrix = randomSpd(6, 9);
    double expected = scale * lambdaMax(TEN, TFloat64.class, rows(matrix));
    assertThat(lambdaMax(TEN, TFloat32.class, rows(matrix.scale(scale))))
        .isCloseTo(expected, within(1e-5 * expected));
  }

  @Test
  void everyMatrixOfABatchHasItsOwnEigenvalue() {
    double[][] first = rows(randomSpd(5, 3));
    double[][] second = rows(randomSpd(5, 4).scale(30));
    double[] batched =
        evaluate(tf -> TEN.lambdaMax(tf, GraphValues.batch(tf, TFloat64.class, first, second)));
    double[] expected = {byTheFormula(first, 10), byTheFormula(second, 10)};
    assertThat(batched).containsExactly(expected, within(ROUNDING * expected[1]));
  }

  @Test
  void spectralRadiusOfANonSymmetricMatrixIsItsEigenvalue() {
    SimpleMatrix similar = SimpleMatrix.diag(1, 10, 100);
    SimpleMatrix matrix = similar.mult(withEigenvalues(5, 2, 1, 0.5)).mult(similar.invert());
    assertThat(spectralRadius(new PowerIteration(60), rows(matrix))).isCloseTo(2, within(1e-10));
    assertThat(lambdaMax(new PowerIteration(60), TFloat64.class, rows(matrix)))
        .as("the largest singular value")
        .isGreaterThan(10);
  }

  @Test
  void rejectsZeroRounds() {
    assertThatThrownBy(() -> new PowerIteration(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rounds >= 1");
  }

  /** {@code 1 + frac(i·0.6180339887498949)}, i from 1. */
  static double[] start(int order) {
    double[] start = new double[order];
    for (int i = 1; i <= order; i++) {
      start[i - 1] = 1 + (i * 0.6180339887498949) % 1.0;
    }
    return start;
  }

  private static double byTheFormula(double[][] matrix, int rounds) {
    double[] v = start(matrix.length);
    for (int round = 0; round < rounds; round++) {
      double[] u = new double[v.length];
      for (int i = 0; i < v.length; i++) {
        for (int j = 0; j < v.length; j++) {
          u[j] += matrix[i][j] * v[i];
        }
      }
      double norm = norm(u);
      v = new double[v.length];
      for (int i = 0; i < v.length; i++) {
        for (int j = 0; j < v.length; j++) {
          v[i] += matrix[i][j] * u[j] / norm;
        }
      }
    }
    return norm(v);
  }

  private static double norm(double[] vector) {
    double sum = 0;
    for (double entry : vector) {
      sum += entry * entry;
    }
    return Math.sqrt(sum);
  }

  private static <T extends TNumber> double lambdaMax(
      PowerIteration iteration, Class<T> type, double[][] matrix) {
    return evaluate(tf -> iteration.lambdaMax(tf, GraphValues.matrix(tf, type, matrix)))[0];
  }

  private static double spectralRadius(PowerIteration iteration, double[][] matrix) {
    return evaluate(tf -> iteration.spectralRadius(tf, tf.constant(matrix)))[0];
  }
}
