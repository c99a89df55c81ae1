package io.github.tfkfac.internal.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.GradientClipping;
import io.github.tfkfac.testing.TestGraph;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/** Clipping by the joint norm, over the whole range of the types. */
class GradientClippingTest {

  private static final double BOUND = 2;

  @ParameterizedTest
  @ValueSource(doubles = {1, 1e5, 1e19, 1e25, 2e37})
  void everyFiniteFloat32GradientIsScaledToTheBound(double size) {
    assertClipped(TFloat32.class, size, 1e-6);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 1e100, 1e160, 1e307})
  void everyFiniteFloat64GradientIsScaledToTheBound(double size) {
    assertClipped(TFloat64.class, size, 1e-14);
  }

  /** Gradients (3, 0, 4) and (-12) times the size have the norm 13 times the size. */
  private static <T extends TNumber> void assertClipped(
      Class<T> type, double size, double tolerance) {
    List<double[]> clipped =
        clip(type, BOUND, new double[] {3 * size, 0, 4 * size}, new double[] {-12 * size});
    assertThat(clipped.get(0))
        .containsExactly(
            new double[] {BOUND * 3 / 13, 0, BOUND * 4 / 13}, within(tolerance * BOUND));
    assertThat(clipped.get(1))
        .containsExactly(new double[] {-BOUND * 12 / 13}, within(tolerance * BOUND));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1e-36, 1e-20, 0.1})
  void gradientsWithinTheBoundStayAsTheyAre(double size) {
    double[] first = {(float) (1.1 * size), 0, (float) (-0.7 * size)};
    double[] second = {(float) (size / 3)};
    List<double[]> clipped = clip(TFloat32.class, BOUND, first, second);
    assertThat(clipped.get(0)).isEqualTo(first);
    assertThat(clipped.get(1)).isEqualTo(second);
  }

  private static <T extends TNumber> List<double[]> clip(
      Class<T> type, double bound, double[] first, double[] second) {
    try (TestGraph<T> graph = new TestGraph<>(type, TestGraph.Kind.REFERENCE)) {
      Shape shape = Shape.of(first.length, 1);
      Operand<T> a = graph.input(shape);
      Operand<T> b = graph.input(Shape.scalar());
      Map<String, Operand<T>> clipped =
          GradientClipping.globalNorm(bound).clip(graph.tf, Map.of("a", a, "b", b), type);
      graph.start();
      graph.feed(a, shape, first);
      graph.feed(b, Shape.scalar(), second);
      return graph.fetch(List.of(clipped.get("a"), clipped.get("b")));
    }
  }
}
