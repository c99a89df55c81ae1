package io.github.tfkfac.internal.linalg;

import static io.github.tfkfac.internal.linalg.GraphValues.evaluate;
import static io.github.tfkfac.internal.linalg.TestMatrices.fromRows;
import static io.github.tfkfac.internal.linalg.TestMatrices.relativeError;
import static io.github.tfkfac.internal.linalg.TestMatrices.rows;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.InverseSolver;
import java.util.Arrays;
import java.util.Random;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/** Matrices of several tiles, against EJML and against the factorization as a whole. */
class BlockInverseTest {

  private static final double FLOAT64_TOLERANCE = 1e-9;

  /** The largest residual, as a multiple of that of the factorization as a whole. */
  private static final double LOSS = 3;

  private static final InverseSolver BLOCK = InverseSolver.block();

  /** One tile, two, three of an odd order. */
  @ParameterizedTest
  @ValueSource(ints = {1, 320, 321, 651})
  void invertsMatricesOfAnyOrder(int order) {
    SimpleMatrix matrix = spd(order, order);

    SimpleMatrix inverse = fromRows(order, invert(TFloat64.class, BLOCK, matrix));

    assertThat(relativeError(inverse, matrix.invert())).isLessThan(FLOAT64_TOLERANCE);
    assertThat(inverse.minus(inverse.transpose()).elementMaxAbs()).isZero();
  }

  @Test
  void dividesTilesThatAreTooLarge() {
    assertThat(residual(TFloat64.class, BLOCK, spd(2575, 3))).isLessThan(FLOAT64_TOLERANCE);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e2, 1e4, 1e6})
  void losesNoMoreThanTheWholeFactorizationAtAnyCondition(double condition) {
    int order = 1153;
    SimpleMatrix matrix = ofCondition(order, condition);

    assertThat(residual(TFloat32.class, BLOCK, matrix))
        .isLessThan(LOSS * residual(TFloat32.class, InverseSolver.cholesky(), matrix));
  }

  @Test
  void equalsTheWholeFactorizationUpToOneTile() {
    SimpleMatrix matrix = spd(300, 4);
    assertThat(invert(TFloat32.class, BLOCK, matrix))
        .isEqualTo(invert(TFloat32.class, InverseSolver.cholesky(), matrix));
  }

  @Test
  void whatCannotBeInvertedInAStackIsNotANumberAndTouchesNoOther() {
    int order = 700;
    SimpleMatrix good = spd(order, 5);
    SimpleMatrix expected = good.invert();
    for (int broken : new int[] {0, order - 1}) {
      for (double entry : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
        SimpleMatrix bad = good.copy();
        bad.set(broken, broken, entry);

        double[] both =
            evaluate(
                tf -> {
                  var batch = GraphValues.batch(tf, TFloat64.class, rows(bad), rows(good));
                  return BLOCK.inverse(tf, batch, batch);
                });

        int entries = order * order;
        assertThat(Arrays.stream(both, 0, entries).allMatch(Double::isNaN))
            .as("%s at %d", entry, broken)
            .isTrue();
        assertThat(
                relativeError(
                    fromRows(order, Arrays.copyOfRange(both, entries, 2 * entries)), expected))
            .isLessThan(FLOAT64_TOLERANCE);
      }
    }
  }

  @Test
  void aNumberThatIsNotReadMattersToo() {
    SimpleMatrix matrix = spd(400, 6);
    matrix.set(0, 399, Double.NaN);
    assertThat(invert(TFloat32.class, BLOCK, matrix)).containsOnly(Double.NaN);
  }

  /** The graph is optimized at the first step, in time that grows with its operations. */
  @ParameterizedTest
  @ValueSource(ints = {577, 1153, 2305, 4609})
  void takesNoMoreOperationsThanTheWholeFactorization(int order) {
    assertThat(operations(BLOCK, order))
        .isLessThanOrEqualTo(operations(InverseSolver.cholesky(), order));
  }

  private static int operations(InverseSolver solver, int order) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> matrix = tf.zeros(tf.array(order, order), TFloat32.class);
      int before = count(graph);
      solver.inverse(tf, matrix, matrix);
      return count(graph) - before;
    }
  }

  private static int count(Graph graph) {
    int[] count = {0};
    graph.operations().forEachRemaining(operation -> count[0]++);
    return count[0];
  }

  /** Positive definite, of a condition of at most 41; the product takes a fraction of a second. */
  private static SimpleMatrix spd(int order, long seed) {
    SimpleMatrix samples = SimpleMatrix.random_DDRM(order, 40, -1, 1, new Random(seed));
    return TestMatrices.damped(samples.mult(samples.transpose()).divide(order), 1);
  }

  /** A geometric spectrum from 1 down to 1/condition in a basis of reflected unit vectors. */
  private static SimpleMatrix ofCondition(int order, double condition) {
    double[] eigenvalues = new double[order];
    for (int i = 0; i < order; i++) {
      eigenvalues[i] = Math.pow(condition, -i / (order - 1.0));
    }
    SimpleMatrix matrix = SimpleMatrix.diag(eigenvalues);
    for (long seed = 1; seed <= 8; seed++) {
      SimpleMatrix v = SimpleMatrix.random_DDRM(order, 1, -1, 1, new Random(seed));
      v = v.divide(v.normF());
      SimpleMatrix w = matrix.mult(v);
      SimpleMatrix cross = v.mult(w.transpose());
      matrix =
          matrix
              .minus(cross.plus(cross.transpose()).scale(2))
              .plus(v.mult(v.transpose()).scale(4 * v.dot(w)));
    }
    return TestMatrices.symmetrize(matrix);
  }

  /** {@code ‖I − M·M⁻¹‖_F} in float64 of the matrix and its inverse in another type. */
  private static <T extends TNumber> double residual(
      Class<T> type, InverseSolver solver, SimpleMatrix matrix) {
    return evaluate(
        tf -> {
          Operand<T> rounded = GraphValues.matrix(tf, type, rows(matrix));
          Operand<TFloat64> m = tf.dtypes.cast(rounded, TFloat64.class);
          Operand<T> inverse = solver.inverse(tf, rounded, rounded);
          return Residual.norm(tf, tf.dtypes.cast(inverse, TFloat64.class), m);
        })[0];
  }

  private static <T extends TNumber> double[] invert(
      Class<T> type, InverseSolver solver, SimpleMatrix matrix) {
    return evaluate(
        tf -> {
          var operand = GraphValues.matrix(tf, type, rows(matrix));
          return solver.inverse(tf, operand, operand);
        });
  }
}
