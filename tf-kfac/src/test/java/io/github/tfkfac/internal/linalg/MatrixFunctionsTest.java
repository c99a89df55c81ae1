package io.github.tfkfac.internal.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.internal.state.Gate;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TestGraph.Kind;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/** What update rules ask of linear algebra: inverse roots, orthogonalization, a power step. */
class MatrixFunctionsTest {

  private static final int ORDER = 6;
  private static final long SEED = 12;

  /** A product of random matrices through a rank. */
  private static double[][] semiDefinite(int order, int rank) {
    double[] entries = TestGraph.random(SEED, (long) order * rank);
    double[][] matrix = new double[order][order];
    for (int i = 0; i < order; i++) {
      for (int j = 0; j < order; j++) {
        for (int k = 0; k < rank; k++) {
          matrix[i][j] += entries[i * rank + k] * entries[j * rank + k];
        }
      }
    }
    return matrix;
  }

  private static double[] flat(double[][] matrix) {
    return Arrays.stream(matrix).flatMapToDouble(Arrays::stream).toArray();
  }

  private static double[][] square(double[] values, int order) {
    double[][] matrix = new double[order][];
    for (int i = 0; i < order; i++) {
      matrix[i] = Arrays.copyOfRange(values, i * order, (i + 1) * order);
    }
    return matrix;
  }

  private static double[][] product(double[][] a, double[][] b) {
    double[][] result = new double[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b[0].length; j++) {
        for (int k = 0; k < b.length; k++) {
          result[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return result;
  }

  private static void assertIdentity(double[][] matrix, double tolerance) {
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < matrix.length; j++) {
        assertThat(matrix[i][j])
            .as("entry %d, %d", i, j)
            .isCloseTo(i == j ? 1 : 0, within(tolerance));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1e-2", "2, 1e-4", "3, 1e-4", "4, 1e-5", "6, 1e-4", "8, 1e-5"})
  void powersOfInverseRootsInvertASingularMatrixWithItsShift(int p, double epsilon) {
    double[][] matrix = semiDefinite(ORDER, 4);
    double[][] shifted = semiDefinite(ORDER, 4);
    for (int i = 0; i < ORDER; i++) {
      shifted[i][i] += epsilon;
    }
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> given = graph.constant(Shape.of(ORDER, ORDER), flat(matrix));
      InverseRoot root = new InverseRoot(p, epsilon);
      Operand<TFloat64> eigen = root.byEigenvalues(graph.tf, given);
      Operand<TFloat64> newton = root.byNewton(graph.tf, given, 1e-12, Gate::choose);
      graph.start();
      for (Operand<TFloat64> found : List.of(eigen, newton)) {
        double[][] x = square(graph.fetch(found), ORDER);
        double[][] power = shifted;
        for (int i = 0; i < p; i++) {
          power = product(x, power);
        }
        assertIdentity(power, 1e-7);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
  void aMatrixThatIsNotFiniteGivesNoFiniteRootAndNoFailedStep(double bad) {
    double[] matrix = flat(semiDefinite(ORDER, ORDER));
    matrix[3] = bad;
    try (TestGraph<TFloat32> graph = new TestGraph<>(TFloat32.class, Kind.RESOURCE)) {
      Operand<TFloat32> given = graph.constant(Shape.of(ORDER, ORDER), matrix);
      InverseRoot root = new InverseRoot(4, 1e-6);
      Operand<TFloat32> eigen = root.byEigenvalues(graph.tf, given);
      Operand<TFloat32> newton = root.byNewton(graph.tf, given, 1e-6, Gate::choose);
      graph.start();
      assertThat(Arrays.stream(graph.fetch(eigen)).allMatch(Double::isFinite)).isFalse();
      assertThat(Arrays.stream(graph.fetch(newton)).allMatch(Double::isFinite)).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({"5, 9, false, 1e-12", "9, 5, false, 1e-12", "5, 9, true, 0.05", "9, 5, true, 0.05"})
  void singularValuesFollowTheQuinticAndSingularVectorsStay(
      int rows, int columns, boolean isLowered, double tolerance) {
    double[] values = {3, 2, 1, 0.5, 0.25};
    double[] diagonal = new double[rows * columns];
    double norm = Math.sqrt(Arrays.stream(values).map(v -> v * v).sum());
    for (int i = 0; i < values.length; i++) {
      diagonal[i * columns + i] = values[i];
    }
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> given = graph.constant(Shape.of(rows, columns), diagonal);
      Operand<TFloat64> found = new NewtonSchulz(5, isLowered).orthogonalized(graph.tf, given);
      Operand<TFloat64> zero =
          new NewtonSchulz(5, isLowered).orthogonalized(graph.tf, graph.tf.zerosLike(given));
      graph.start();
      double[] result = graph.fetch(found);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          double expected = i == j ? quintic(values[i] / norm) : 0;
          assertThat(result[i * columns + j]).isCloseTo(expected, within(tolerance));
        }
      }
      assertThat(graph.fetch(zero)).containsOnly(0);
    }
  }

  private static double quintic(double start) {
    double x = start;
    for (int step = 0; step < 5; step++) {
      x = 3.4445 * x - 4.7750 * Math.pow(x, 3) + 2.0315 * Math.pow(x, 5);
    }
    return x;
  }

  @Test
  void powerStepsTurnAnyBasisIntoEigenvectorsInFallingOrder() {
    double[][] matrix = semiDefinite(ORDER, ORDER);
    double[] basis = new double[ORDER * ORDER];
    for (int i = 0; i < ORDER; i++) {
      basis[i * ORDER + (i + 1) % ORDER] = 1;
    }
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Shape shape = Shape.of(ORDER, ORDER);
      Operand<TFloat64> given = graph.constant(shape, flat(matrix));
      Operand<TFloat64> q = graph.constant(shape, basis);
      PowerStep<TFloat64> first = PowerStep.of(graph.tf, given, q);
      Operand<TFloat64> order = graph.tf.dtypes.cast(first.order(), TFloat64.class);
      Operand<TFloat64> last = first.basis();
      for (int step = 0; step < 200; step++) {
        last = PowerStep.of(graph.tf, given, last).basis();
      }
      graph.start();
      double[] places = graph.fetch(order);
      for (int i = 1; i < ORDER; i++) {
        assertThat(estimate(matrix, basis, (int) places[i]))
            .isLessThanOrEqualTo(estimate(matrix, basis, (int) places[i - 1]));
      }
      double[][] vectors = square(graph.fetch(last), ORDER);
      double[][] transposed = new double[ORDER][ORDER];
      for (int i = 0; i < ORDER; i++) {
        for (int j = 0; j < ORDER; j++) {
          transposed[j][i] = vectors[i][j];
        }
      }
      assertIdentity(product(transposed, vectors), 1e-12);
      double[][] turned = product(product(transposed, matrix), vectors);
      for (int i = 0; i < ORDER; i++) {
        for (int j = 0; j < ORDER; j++) {
          if (i != j) {
            assertThat(turned[i][j]).isCloseTo(0, within(1e-6));
          }
        }
        assertThat(i == 0 || turned[i][i] <= turned[i - 1][i - 1]).isTrue();
      }
    }
  }

  /** {@code qᵀMq} of a column. */
  private static double estimate(double[][] matrix, double[] basis, int column) {
    double sum = 0;
    for (int i = 0; i < ORDER; i++) {
      for (int j = 0; j < ORDER; j++) {
        sum += basis[i * ORDER + column] * matrix[i][j] * basis[j * ORDER + column];
      }
    }
    return sum;
  }
}
