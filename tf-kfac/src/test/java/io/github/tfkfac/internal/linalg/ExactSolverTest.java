package io.github.tfkfac.internal.linalg;

import static io.github.tfkfac.internal.linalg.GraphValues.evaluate;
import static io.github.tfkfac.internal.linalg.GraphValues.matrix;
import static io.github.tfkfac.internal.linalg.TestMatrices.fromRows;
import static io.github.tfkfac.internal.linalg.TestMatrices.randomSpd;
import static io.github.tfkfac.internal.linalg.TestMatrices.relativeError;
import static io.github.tfkfac.internal.linalg.TestMatrices.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.InverseSolver;
import io.github.tfkfac.StepRule;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/** What tells the exact solvers apart: singular, indefinite and large matrices. */
class ExactSolverTest {

  private static final double TOLERANCE = 1e-10;
  private static final double[][] INDEFINITE = {{1, 2}, {2, 1}};

  @Test
  void onlyNewtonNeedsAWarmStart() {
    assertThat(InverseSolver.lu().needsWarmStart()).isFalse();
    assertThat(InverseSolver.cholesky().needsWarmStart()).isFalse();
    assertThat(InverseSolver.eigen().needsWarmStart()).isFalse();
    assertThat(InverseSolver.newton(1, StepRule.inverseNorm()).needsWarmStart()).isTrue();
  }

  @Test
  void choleskyInvertsMatricesThatItDivides() {
    SimpleMatrix matrix = randomSpd(519, 21);
    SimpleMatrix inverse = fromRows(519, invert(InverseSolver.cholesky(), rows(matrix)));
    assertThat(relativeError(inverse, matrix.invert())).isLessThan(TOLERANCE);
  }

  @Test
  void choleskyDividesBatchesToo() {
    SimpleMatrix matrix = randomSpd(258, 22);
    double[][] scaled = rows(matrix.scale(4));
    double[] inverses =
        evaluate(
            tf -> {
              var batch = GraphValues.batch(tf, TFloat64.class, rows(matrix), scaled);
              return InverseSolver.cholesky().inverse(tf, batch, batch);
            });
    SimpleMatrix both = new SimpleMatrix(2 * 258, 258, true, inverses);
    assertThat(relativeError(both.rows(0, 258), matrix.invert())).isLessThan(TOLERANCE);
    assertThat(relativeError(both.rows(258, 516).scale(4), matrix.invert())).isLessThan(TOLERANCE);
  }

  @Test
  void choleskyAndEigenAreSymmetricToTheLastBit() {
    for (InverseSolver solver : new InverseSolver[] {new CholeskyInverse(), new EigenInverse()}) {
      SimpleMatrix inverse = fromRows(40, invert(solver, rows(randomSpd(40, 23))));
      assertThat(inverse.minus(inverse.transpose()).elementMaxAbs()).as("%s", solver).isZero();
    }
  }

  @Test
  void choleskyOfAnIndefiniteMatrixIsNotANumber() {
    assertThat(invert(InverseSolver.cholesky(), INDEFINITE)).containsOnly(Double.NaN);
  }

  @Test
  void luInvertsAnIndefiniteMatrix() {
    assertThat(invert(InverseSolver.lu(), INDEFINITE))
        .containsExactly(new double[] {-1.0 / 3, 2.0 / 3, 2.0 / 3, -1.0 / 3}, within(TOLERANCE));
  }

  @Test
  void luFailsOnASingularMatrix() {
    assertThatThrownBy(() -> invert(InverseSolver.lu(), new double[][] {{1, 1}, {1, 1}}))
        .isInstanceOf(TFInvalidArgumentException.class)
        .hasMessageContaining("not invertible");
  }

  @Test
  void eigenRaisesNegativeAndZeroEigenvaluesToTheFloor() {
    double[] float64 = invert(InverseSolver.eigen(), new double[][] {{4, 0}, {0, -4}});
    assertThat(float64[0]).isEqualTo(0.25);
    assertThat(float64[3]).isEqualTo(1 / (2 * Math.ulp(1.0) * 4));

    double[] float32 =
        invert(InverseSolver.eigen(), TFloat32.class, new double[][] {{4, 0}, {0, 0}});
    assertThat(float32[0]).isEqualTo(0.25);
    assertThat(float32[3]).isEqualTo(1 / (2 * Math.ulp(1.0f) * 4));
  }

  @Test
  void eigenOfTheZeroMatrixIsZero() {
    assertThat(invert(InverseSolver.eigen(), new double[2][2])).containsOnly(0);
  }

  private static double[] invert(InverseSolver solver, double[][] values) {
    return invert(solver, TFloat64.class, values);
  }

  private static <T extends TNumber> double[] invert(
      InverseSolver solver, Class<T> type, double[][] values) {
    return evaluate(
        tf -> {
          var operand = matrix(tf, type, values);
          return solver.inverse(tf, operand, operand);
        });
  }
}
