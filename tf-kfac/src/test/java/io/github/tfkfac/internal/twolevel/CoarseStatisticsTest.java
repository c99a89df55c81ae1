package io.github.tfkfac.internal.twolevel;

import static io.github.tfkfac.internal.twolevel.LayerBatch.EXAMPLES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.FactorEstimate;
import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.extension.ConvolutionGeometry.Padding;
import io.github.tfkfac.extension.FisherTap;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.SecondMoments;
import io.github.tfkfac.extension.Standardization;
import io.github.tfkfac.extension.Tap;
import io.github.tfkfac.testing.FullMoments;
import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TestGraph.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

class CoarseStatisticsTest {

  private static final double TOLERANCE = 1e-12;
  private static final long SEED = 500;

  private TestGraph<TFloat64> graph;

  @BeforeEach
  void open() {
    graph = TestGraph.float64();
  }

  @AfterEach
  void close() {
    graph.close();
  }

  private static ConvolutionGeometry geometry(int height, int width, int stride, Padding padding) {
    return new ConvolutionGeometry(height, width, 2, 3, stride, stride, padding);
  }

  /** Maps of 1×1, 6×5, 2×2, 6×5, 3×3 and 2×5 positions, not in the order of their sizes. */
  private List<LayerBatch> network() {
    return List.of(
        LayerBatch.convolution(graph, SEED, 6, 5, geometry(3, 3, 1, Padding.SAME), true),
        LayerBatch.dense(graph, SEED + 10, 4, 3),
        LayerBatch.convolution(graph, SEED + 20, 6, 5, geometry(3, 2, 2, Padding.VALID), true),
        LayerBatch.convolution(graph, SEED + 30, 6, 5, geometry(2, 4, 1, Padding.SAME), false),
        LayerBatch.convolution(graph, SEED + 40, 6, 5, geometry(3, 3, 2, Padding.SAME), true),
        LayerBatch.convolution(graph, SEED + 50, 2, 5, geometry(1, 1, 1, Padding.SAME), true));
  }

  private double[] fisher(List<FisherTap<TFloat64>> taps) {
    Operand<TFloat64> fisher = CoarseStatistics.of(graph.tf, taps).fisher(graph.tf);
    assertThat(fisher.shape()).isEqualTo(Shape.of(taps.size(), taps.size()));
    graph.start();
    return graph.fetch(fisher);
  }

  private static List<FisherTap<TFloat64>> taps(List<LayerBatch> layers) {
    return layers.stream().map(LayerBatch::tap).toList();
  }

  @Test
  void ofDenseLayersEveryEntryIsTheSumOverTheBlockOfTheFisher() {
    assertMatchesBruteForce(
        List.of(
            LayerBatch.dense(graph, SEED, 4, 3),
            LayerBatch.dense(graph, SEED + 10, 3, 5),
            LayerBatch.dense(graph, SEED + 20, 5, 2)));
  }

  @Test
  void ofLayersOfDifferentSizesTheLargerMapIsSampled() {
    assertMatchesBruteForce(network());
  }

  private void assertMatchesBruteForce(List<LayerBatch> layers) {
    int count = layers.size();
    double[] expected = new double[count * count];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < count; j++) {
        expected[i * count + j] = blockSum(layers.get(i), layers.get(j));
      }
    }
    assertThat(Tensors.relativeError(fisher(taps(layers)), expected))
        .as("seed %d", SEED)
        .isLessThan(TOLERANCE);
  }

  /** The sum over the entries of {@code A_ij ⊗ G_ij}, which is formed. */
  private static double blockSum(LayerBatch first, LayerBatch second) {
    int height = Math.min(first.height(), second.height());
    int width = Math.min(first.width(), second.width());
    SimpleMatrix a = new SimpleMatrix(first.input()[0][0].length, second.input()[0][0].length);
    SimpleMatrix g =
        new SimpleMatrix(first.gradient()[0][0].length, second.gradient()[0][0].length);
    for (int n = 0; n < EXAMPLES; n++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int p = source(first, y, x, height, width);
          int q = source(second, y, x, height, width);
          a = a.plus(outer(first.input()[n][p], second.input()[n][q]));
          g = g.plus(outer(first.gradient()[n][p], second.gradient()[n][q]));
        }
      }
    }
    double rows = EXAMPLES * height * width;
    return a.divide(EXAMPLES).kron(g.divide(rows)).elementSum();
  }

  private static int source(LayerBatch layer, int y, int x, int height, int width) {
    int row = y * layer.height() / height;
    int column = x * layer.width() / width;
    return row * layer.width() + column;
  }

  private static SimpleMatrix outer(double[] a, double[] b) {
    return new SimpleMatrix(a.length, 1, true, a).mult(new SimpleMatrix(1, b.length, true, b));
  }

  @Test
  void theDiagonalIsTheSumOverTheLayersOwnFactors() {
    List<LayerBatch> layers = network();
    List<Operand<TFloat64>> sums = new ArrayList<>();
    for (LayerBatch layer : layers) {
      SecondMoments<TFloat64> moments = FullMoments.of(graph.tf, layer.tap().columns().get(0));
      sums.add(
          graph.sum(
              FactorEstimate.perExample().inputFactor(graph.tf, layer.tap().site(), moments)));
      sums.add(graph.sum(FactorEstimate.perExample().outputFactor(graph.tf, moments)));
    }
    double[] fisher = fisher(taps(layers));
    List<double[]> values = graph.fetch(sums);
    for (int i = 0; i < layers.size(); i++) {
      double expected = values.get(2 * i)[0] * values.get(2 * i + 1)[0];
      assertThat(fisher[i * layers.size() + i])
          .as("layer %d, seed %d", i, SEED)
          .isCloseTo(expected, within(1e-10 * expected));
    }
  }

  @Test
  void gradientProductsOfSeveralBackwardPassesAddUp() {
    LayerBatch dense = LayerBatch.dense(graph, SEED, 4, 3);
    double[] both = fisher(List.of(dense.twice(graph, 2)));
    assertThat(both[0]).isCloseTo(5 * blockSum(dense, dense), within(1e-10));
  }

  @Test
  void aDepthwiseLayerCountsWithTheMeanOfItsChannels() {
    var geometry = new ConvolutionGeometry(1, 1, 2, 1, 1, 1, Padding.SAME);
    assertCountsWithTheMeanOfItsGroups(new LayerKind.DepthwiseConvolution(geometry));
  }

  @Test
  void aGroupedLayerCountsWithTheMeanOfItsGroups() {
    var geometry = new ConvolutionGeometry(1, 1, 1, 1, 1, 1, Padding.SAME);
    assertCountsWithTheMeanOfItsGroups(new LayerKind.GroupedConvolution(geometry, 2));
  }

  private GraphVariable<TFloat64> kernel() {
    return graph.declare(Kind.RESOURCE, "w", Shape.of(1, 1, 2, 1), 1, 1);
  }

  /** Three images of 1×2 pixels with two channels, each of them a group. */
  private void assertCountsWithTheMeanOfItsGroups(LayerKind kind) {
    LayerSite<TFloat64> site = new LayerSite<>(kernel(), Optional.empty(), List.of(), kind);
    double[] x = TestGraph.random(SEED, 12);
    double[] g = TestGraph.random(SEED + 1, 12);
    double alpha = 0;
    double gamma = 0;
    for (int row = 0; row < 6; row++) {
      alpha += Math.pow((x[2 * row] + x[2 * row + 1]) / 2, 2) / 3;
      gamma += Math.pow(3 * (g[2 * row] + g[2 * row + 1]), 2) / 6;
    }
    Shape image = Shape.of(3, 1, 2, 2);
    FisherTap<TFloat64> tap = tap(site, graph.constant(image, x), graph.constant(image, g));
    assertThat(fisher(List.of(tap))[0]).isCloseTo(alpha * gamma, within(TOLERANCE));
  }

  @Test
  void anEmbeddingsInputsAreUnitVectors() {
    LayerSite<TFloat64> site =
        new LayerSite<>(
            graph.declare(Kind.RESOURCE, "w", Shape.of(2, 2), 1, 1, 1, 1),
            Optional.empty(),
            List.of(),
            new LayerKind.Embedding(2, 2));
    double[] g = TestGraph.random(SEED, 12);
    double gamma = 0;
    for (int row = 0; row < 6; row++) {
      gamma += Math.pow(3 * (g[2 * row] + g[2 * row + 1]), 2) / 6;
    }
    Operand<TFloat64> indices = graph.constant(Shape.of(3, 2), new double[6]);
    FisherTap<TFloat64> tap = tap(site, indices, graph.constant(Shape.of(3, 2, 2), g));
    // Two positions per example.
    assertThat(fisher(List.of(tap))[0]).isCloseTo(2 * gamma, within(TOLERANCE));
  }

  @Test
  void aLayerWithoutInputRowsIsRejected() {
    GraphVariable<TFloat64> gamma = graph.declare(Kind.RESOURCE, "gamma", Shape.of(2), 1, 1);
    LayerSite<TFloat64> site =
        new LayerSite<>(
            gamma,
            Optional.empty(),
            List.of(),
            new LayerKind.ScaleShift(2, new Standardization.None()));
    Operand<TFloat64> image = graph.constant(Shape.of(3, 1, 1, 2), new double[6]);
    FisherTap<TFloat64> tap = tap(site, image, image);
    assertThat(CoarseStatistics.covers(site)).isFalse();
    assertThatThrownBy(() -> CoarseStatistics.of(graph.tf, List.of(tap)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found 'gamma' (scale and shift)");
  }

  private static FisherTap<TFloat64> tap(
      LayerSite<TFloat64> site, Operand<TFloat64> input, Operand<TFloat64> gradient) {
    return new FisherTap<>(List.of(new Tap<>(site, List.of(Tap.Flow.ofRows(input, gradient)))));
  }

  @Test
  void imagesOfUnknownSizeAreRejected() {
    LayerBatch known =
        LayerBatch.convolution(graph, SEED, 4, 4, geometry(3, 3, 1, Padding.SAME), true);
    FisherTap<TFloat64> unknown =
        tap(
            known.tap().site(),
            graph.input(Shape.of(-1, -1, 4, 2)),
            graph.input(Shape.of(-1, -1, 4, 3)));
    assertThatThrownBy(() -> CoarseStatistics.of(graph.tf, List.of(unknown)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two-level correction of layer 'w500_4'");
    assertThatThrownBy(() -> CoarseStatistics.of(graph.tf, List.<FisherTap<TFloat64>>of()))
        .hasMessageContaining("at least one captured layer");
  }
}
