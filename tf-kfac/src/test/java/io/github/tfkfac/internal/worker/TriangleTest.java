package io.github.tfkfac.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestGraph;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;

class TriangleTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 8, 9, 17, 1024, 1031})
  void theStripsOfASymmetricMatrixAreTheMatrix(int n) {
    double[] random = TestGraph.random(n, (long) n * n);
    double[] symmetric = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        symmetric[i * n + j] = random[Math.max(i, j) * n + Math.min(i, j)];
      }
    }
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Triangle triangle = new Triangle(n);
      Operand<TFloat64> matrix = tf.reshape(tf.constant(symmetric), tf.array(n, n));
      List<Operand<TFloat64>> strips = triangle.pack(tf, matrix);
      Operand<TFloat64> back = triangle.unpack(tf, strips);
      assertThat(back.shape()).isEqualTo(Shape.of(n, n));
      long sent = strips.stream().mapToLong(strip -> strip.shape().size()).sum();
      if (n >= 1024) {
        assertThat(sent).isEqualTo(Triangle.entries(n)).isLessThan((long) n * n * 33 / 64 + n);
      }
      try (Session session = new Session(graph);
          Result result = session.runner().fetch(back).run()) {
        assertThat(Tensors.values(result.get(0))).isEqualTo(symmetric);
      }
    }
  }

  @Test
  void onlyLargeMatricesAreSentInHalves() {
    assertThat(Triangle.fits(Shape.of(1024, 1024))).isTrue();
    assertThat(Triangle.fits(Shape.of(1023, 1023))).isFalse();
    assertThat(Triangle.fits(Shape.of(2048, 1024))).isFalse();
    assertThat(Triangle.fits(Shape.of(2, 1024, 1024))).isFalse();
    assertThat(Triangle.fits(Shape.of(4096))).isFalse();
    assertThat(Triangle.entries(1000)).isEqualTo(1_000_000);
    // 32 strips of 32 rows: 32² (1 + 2 + ... + 32).
    assertThat(Triangle.entries(1024)).isEqualTo(32L * 32 * 528);
  }
}
