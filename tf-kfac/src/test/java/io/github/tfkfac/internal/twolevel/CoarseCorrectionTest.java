package io.github.tfkfac.internal.twolevel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.CoarseCorrection;
import io.github.tfkfac.CoarseCorrection.Corrected;
import io.github.tfkfac.CoarseDamping;
import io.github.tfkfac.testing.TestGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

class CoarseCorrectionTest {

  private static final double TOLERANCE = 1e-10;
  private static final double LAMBDA = 0.3;
  private static final long SEED = 600;
  private static final List<Shape> SHAPES =
      List.of(Shape.of(2, 3), Shape.of(4, 1), Shape.of(2, 2, 3));

  private TestGraph<TFloat64> graph;

  @BeforeEach
  void open() {
    graph = TestGraph.float64();
  }

  @AfterEach
  void close() {
    graph.close();
  }

  private static double[] gradient(int layer) {
    return TestGraph.random(SEED + layer, SHAPES.get(layer).size());
  }

  private static double[] direction(int layer) {
    return TestGraph.random(SEED + 10 + layer, SHAPES.get(layer).size());
  }

  private static SimpleMatrix fisher() {
    SimpleMatrix samples = SimpleMatrix.random_DDRM(3, 5, -1, 1, new Random(SEED));
    return samples.mult(samples.transpose());
  }

  /** The directions of three layers, the coefficients and the share. */
  private List<double[]> corrected(CoarseCorrection correction, SimpleMatrix fisher) {
    List<Operand<TFloat64>> gradients = new ArrayList<>();
    List<Operand<TFloat64>> directions = new ArrayList<>();
    for (int layer = 0; layer < 3; layer++) {
      gradients.add(graph.constant(SHAPES.get(layer), gradient(layer)));
      directions.add(graph.constant(SHAPES.get(layer), direction(layer)));
    }
    Operand<TFloat64> coarse = graph.constant(Shape.of(3, 3), fisher.getDDRM().getData());
    Operand<TFloat64> inverse =
        correction.inverse(
            graph.tf,
            coarse,
            gradients.stream().mapToLong(g -> g.shape().size()).toArray(),
            graph.tf.constant(LAMBDA));
    Corrected<TFloat64> result = correction.apply(graph.tf, inverse, directions, gradients);
    List<Operand<TFloat64>> all = new ArrayList<>(result.directions());
    all.add(result.coefficients());
    all.add(result.share());
    graph.start();
    return graph.fetch(all);
  }

  private static double[] expectedCoefficients(SimpleMatrix damped) {
    SimpleMatrix sums = new SimpleMatrix(3, 1);
    for (int layer = 0; layer < 3; layer++) {
      sums.set(layer, Arrays.stream(gradient(layer)).sum());
    }
    return damped.invert().mult(sums).getDDRM().getData();
  }

  @Test
  void everyEntryOfALayerGetsTheLayersCoefficient() {
    List<double[]> result = corrected(CoarseCorrection.additive(), fisher());
    double[] expected = expectedCoefficients(fisher().plus(SimpleMatrix.identity(3).scale(LAMBDA)));
    assertThat(result.get(3)).containsExactly(expected, within(TOLERANCE));
    double coarse = 0;
    double whole = 0;
    for (int layer = 0; layer < 3; layer++) {
      double added = expected[layer];
      double[] direction = Arrays.stream(direction(layer)).map(entry -> entry + added).toArray();
      assertThat(result.get(layer)).containsExactly(direction, within(TOLERANCE));
      coarse += direction.length * added * added;
      whole += Arrays.stream(direction).map(entry -> entry * entry).sum();
    }
    assertThat(result.get(4)[0]).isCloseTo(Math.sqrt(coarse / whole), within(TOLERANCE));
  }

  @Test
  void theGalerkinFormDampsByTheNumberOfEntriesAndWeightsScaleTheLevels() {
    CoarseCorrection correction = new CoarseCorrection(CoarseDamping.galerkin(), 0.5, 2);
    List<double[]> result = corrected(correction, fisher());
    double[] expected =
        expectedCoefficients(fisher().plus(SimpleMatrix.diag(6, 4, 12).scale(LAMBDA)));
    assertThat(result.get(3)).containsExactly(expected, within(TOLERANCE));
    assertThat(result.get(2)[0])
        .isCloseTo(0.5 * direction(2)[0] + 2 * expected[2], within(TOLERANCE));
  }

  @Test
  void negativeEigenvaluesOfTheCoarseFisherCountAsZero() {
    List<double[]> result = corrected(CoarseCorrection.additive(), SimpleMatrix.diag(2, -5, 0));
    double[] expected = expectedCoefficients(SimpleMatrix.diag(2 + LAMBDA, LAMBDA, LAMBDA));
    assertThat(result.get(3)).containsExactly(expected, within(TOLERANCE));
  }

  @Test
  void aCoarseFisherThatIsNotFiniteGivesNaNWithoutFailing() {
    List<double[]> result =
        corrected(CoarseCorrection.additive(), SimpleMatrix.diag(1, Double.NaN, 1));
    assertThat(result.get(3)).containsOnly(Double.NaN);
  }

  @Test
  void weightsThatAreNotFiniteAreRejected() {
    assertThatThrownBy(() -> new CoarseCorrection(CoarseDamping.identity(), 1, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected finite weights");
  }
}
