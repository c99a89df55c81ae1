package io.github.tfkfac.internal.linalg;

import static io.github.tfkfac.internal.linalg.GraphValues.evaluate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

class MatricesTest {

  private static final double[][] A = {{1, 2}, {3, 4}};
  private static final double[][] B = {{0, 1}, {5, 6}};

  @Test
  void multipliesMatricesBatchesAndBoth() {
    assertThat(evaluate(tf -> Matrices.multiply(tf, tf.constant(A), tf.constant(B))))
        .containsExactly(10, 13, 20, 27);
    assertThat(
            evaluate(
                tf -> Matrices.multiply(tf, tf.constant(new double[][][] {A, B}), tf.constant(B))))
        .containsExactly(10, 13, 20, 27, 5, 6, 30, 41);
  }

  @Test
  void multipliesByTheTranspose() {
    assertThat(evaluate(tf -> Matrices.multiplyTransposed(tf, tf.constant(A), tf.constant(B))))
        .containsExactly(15, 19, 20, 26);
    assertThat(
            evaluate(
                tf ->
                    Matrices.multiplyTransposed(
                        tf,
                        tf.constant(new double[][][] {A, B}),
                        tf.constant(new double[][][] {B, A}))))
        .containsExactly(15, 19, 20, 26, 15, 20, 19, 26);
  }

  @Test
  void transposesAndSymmetrizes() {
    assertThat(evaluate(tf -> Matrices.transpose(tf, tf.constant(new double[][][] {A, B}))))
        .containsExactly(1, 3, 2, 4, 0, 5, 1, 6);
    assertThat(evaluate(tf -> Matrices.symmetrize(tf, tf.constant(A))))
        .containsExactly(1, 2.5, 2.5, 4);
  }

  @Test
  void addsOneNumberOrOnePerMatrixToTheDiagonal() {
    assertThat(evaluate(tf -> Matrices.addToDiagonal(tf, tf.constant(A), tf.constant(10.0))))
        .containsExactly(11, 2, 3, 14);
    assertThat(
            evaluate(
                tf ->
                    Matrices.addToDiagonal(
                        tf, tf.constant(new double[][][] {A, B}), tf.constant(10.0))))
        .containsExactly(11, 2, 3, 14, 10, 1, 5, 16);
    assertThat(
            evaluate(
                tf ->
                    Matrices.addToDiagonal(
                        tf,
                        tf.constant(new double[][][] {A, B}),
                        tf.constant(new double[] {10, 20}))))
        .containsExactly(11, 2, 3, 14, 20, 1, 5, 26);
  }

  @Test
  void subtractsFromTheIdentity() {
    assertThat(evaluate(tf -> Matrices.identityMinus(tf, tf.constant(A))))
        .containsExactly(0, -2, -3, -3);
    assertThat(evaluate(tf -> Matrices.identity(tf, 2, TFloat32.class)))
        .containsExactly(1, 0, 0, 1);
  }

  @Test
  void normsAndInnerProductsAreOnePerMatrix() {
    assertThat(evaluate(tf -> Matrices.frobeniusNorm(tf, tf.constant(new double[][][] {A, B}))))
        .containsExactly(new double[] {Math.sqrt(30), Math.sqrt(62)}, within(1e-15));
    assertThat(evaluate(tf -> Matrices.innerProduct(tf, tf.constant(A), tf.constant(B))))
        .containsExactly(41);
  }

  @Test
  void residualIsTheDistanceFromTheIdentity() {
    double[][] inverse = {{-2, 1}, {1.5, -0.5}};
    assertThat(evaluate(tf -> Residual.norm(tf, tf.constant(A), tf.constant(inverse))))
        .containsExactly(0);
    assertThat(evaluate(tf -> Residual.probe(tf, tf.constant(A), tf.constant(inverse)))[0])
        .isCloseTo(0, within(1e-15));
    // B·A = [[3, 4], [23, 34]]
    assertThat(evaluate(tf -> Residual.norm(tf, tf.constant(A), tf.constant(B)))[0])
        .isCloseTo(Math.sqrt(4 + 16 + 529 + 1089), within(1e-12));
    double[] v = PowerIterationTest.start(2);
    assertThat(evaluate(tf -> Residual.probe(tf, tf.constant(A), tf.constant(B)))[0])
        .isCloseTo(
            Math.hypot(2 * v[0] + 4 * v[1], 23 * v[0] + 33 * v[1]) / Math.hypot(v[0], v[1]),
            within(1e-12));
  }

  @Test
  void rejectsUnknownSizesAndVectors() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      var unknown = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 3)));
      assertThatThrownBy(() -> Matrices.order(unknown))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Placeholder")
          .hasMessageContaining("reshape");
      assertThatThrownBy(() -> Matrices.order(tf.constant(new float[] {1})))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("[1]");
      assertThatThrownBy(() -> Matrices.order(tf.constant(new float[0][0])))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("static square shape");
      assertThat(Matrices.order(tf.constant(new float[2][5][5]))).isEqualTo(5);
    }
  }

  /** U of {@code U·Uᵀ} may have an unknown number of columns, or none. */
  @ParameterizedTest
  @CsvSource({
    "true, 5 -1",
    "true, 5 0",
    "true, 2 5 0",
    "false, 0 0",
    "false, 0 5 5",
    "false, 2 0 0",
    "false, -1 3",
    "false, 3"
  })
  void knowsTheOrderOfAProductByItsRows(boolean isKnown, String sizes) {
    Shape shape = Shape.of(Stream.of(sizes.split(" ")).mapToLong(Long::parseLong).toArray());
    try (Graph graph = new Graph()) {
      Operand<TFloat32> u = Ops.create(graph).placeholder(TFloat32.class, Placeholder.shape(shape));
      if (isKnown) {
        assertThat(LowRank.order(u)).isEqualTo(5);
      } else {
        assertThatThrownBy(() -> LowRank.order(u))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("Placeholder")
            .hasMessageContaining("reshape");
      }
    }
  }
}
