package io.github.tfkfac.internal.linalg;

import static io.github.tfkfac.internal.linalg.GraphValues.batch;
import static io.github.tfkfac.internal.linalg.GraphValues.evaluateAll;
import static io.github.tfkfac.internal.linalg.GraphValues.matrix;
import static io.github.tfkfac.internal.linalg.TestMatrices.fromRows;
import static io.github.tfkfac.internal.linalg.TestMatrices.relativeError;
import static io.github.tfkfac.internal.linalg.TestMatrices.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

class EigendecompositionTest {

  private static final double TOLERANCE = 1e-12;
  private static final long SEED = 3;

  @Test
  void eigenvaluesRiseAndTheBasisGivesTheMatrixBack() {
    SimpleMatrix m = TestMatrices.withEigenvalues(SEED, 4, 0.5, 2, 1);
    List<double[]> result = decompose(TFloat64.class, rows(m));
    SimpleMatrix basis = fromRows(4, result.get(0));

    assertThat(result.get(1)).containsExactly(new double[] {0.5, 1, 2, 4}, within(TOLERANCE));
    SimpleMatrix back = basis.mult(SimpleMatrix.diag(result.get(1))).mult(basis.transpose());
    assertThat(relativeError(back, m)).isLessThan(TOLERANCE);
    assertThat(relativeError(basis.transpose().mult(basis), SimpleMatrix.identity(4)))
        .isLessThan(TOLERANCE);
  }

  @Test
  void onlyTheSymmetricPartCounts() {
    List<double[]> result = decompose(TFloat64.class, new double[][] {{2, 3}, {-1, 2}});
    assertThat(result.get(1)).containsExactly(new double[] {1, 3}, within(TOLERANCE));
  }

  @Test
  void negativeEigenvaluesBecomeZero() {
    List<double[]> result = decompose(TFloat64.class, new double[][] {{0, 2}, {2, 0}});
    assertThat(result.get(1)).containsExactly(new double[] {0, 2}, within(TOLERANCE));
  }

  @Test
  void theZeroMatrixHasEigenvaluesZeroAndAnOrthogonalBasis() {
    List<double[]> result = decompose(TFloat32.class, new double[2][2]);
    assertThat(result.get(1)).containsExactly(0, 0);
    SimpleMatrix basis = fromRows(2, result.get(0));
    assertThat(basis.mult(basis.transpose()).minus(SimpleMatrix.identity(2)).elementMaxAbs())
        .isLessThan(1e-6);
  }

  @Test
  void aNonFiniteMatrixGivesNaNWithoutFailingOrTouchingItsNeighbors() {
    double[][] good = {{2, 0}, {0, 3}};
    for (double bad : new double[] {Double.NaN, Double.NEGATIVE_INFINITY}) {
      double[][] broken = {{1, bad}, {0, 1}};
      List<double[]> result =
          evaluateAll(
              tf -> {
                var e = Eigendecomposition.of(tf, batch(tf, TFloat64.class, broken, good));
                return List.of(e.basis(), e.values());
              });
      assertThat(Arrays.copyOf(result.get(0), 4)).as("%s", bad).containsOnly(Double.NaN);
      assertThat(result.get(1))
          .containsExactly(new double[] {Double.NaN, Double.NaN, 2, 3}, within(TOLERANCE));
      assertThat(decompose(TFloat32.class, broken).get(1)).containsOnly(Double.NaN);
    }
  }

  @Test
  void aMatrixThatIsNotSquareIsRejected() {
    assertThatThrownBy(() -> decompose(TFloat64.class, new double[2][3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected a square matrix");
  }

  private static <T extends TNumber> List<double[]> decompose(Class<T> type, double[][] values) {
    return evaluateAll(
        tf -> {
          var e = Eigendecomposition.of(tf, matrix(tf, type, values));
          return List.of(e.basis(), e.values());
        });
  }
}
