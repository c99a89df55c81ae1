package io.github.tfkfac.internal.factor;

import static io.github.tfkfac.internal.factor.BruteForce.assertClose;

import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.extension.ConvolutionGeometry.Padding;
import io.github.tfkfac.internal.factor.BruteForce.Image;
import io.github.tfkfac.internal.factor.Evaluation.Input;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

/** One row per example: the mean of its input rows and the sum of its gradient rows. */
class ReducedRowsTest {

  private static final double EXACT = 1e-12;
  private static final long SEED = 17;
  private static final int EXAMPLES = 3;

  static Stream<ConvolutionGeometry> geometries() {
    return Stream.of(Padding.values())
        .flatMap(
            padding ->
                Stream.of(
                    new ConvolutionGeometry(3, 3, 2, 2, 1, 1, padding),
                    new ConvolutionGeometry(2, 4, 2, 1, 3, 2, padding),
                    new ConvolutionGeometry(1, 1, 3, 2, 2, 2, padding),
                    new ConvolutionGeometry(6, 5, 2, 2, 1, 1, padding)));
  }

  @ParameterizedTest
  @MethodSource("geometries")
  void convolutionsAverageTheirPatches(ConvolutionGeometry g) {
    int channels = g.inputChannels();
    Image image = Image.random(SEED, EXAMPLES, 6, 5, channels);
    Input gradient = gradient(g, g.outputChannels());

    for (Bias bias : Bias.values()) {
      List<double[]> found = rows(new ConvolutionMoments(g, bias), image, gradient);
      double[][] patches = withBias(BruteForce.patches(image, g, 0, channels), bias);
      double[][] gradients = BruteForce.rows(gradient.values(), g.outputChannels());
      assertReduced(found, patches, gradients);
    }
  }

  @ParameterizedTest
  @MethodSource("geometries")
  void groupsAverageTheirOwnPatches(ConvolutionGeometry g) {
    int groups = 2;
    int inputs = g.inputChannels();
    int outputs = g.outputChannels();
    Image image = Image.random(SEED, EXAMPLES, 6, 5, groups * inputs);
    Input gradient = gradient(g, groups * outputs);

    for (Bias bias : Bias.values()) {
      List<double[]> found = rows(new GroupedMoments(g, groups, bias), image, gradient);
      double[][] gradients = BruteForce.rows(gradient.values(), groups * outputs);
      for (int group = 0; group < groups; group++) {
        int first = group * outputs;
        double[][] ofGroup =
            Stream.of(gradients)
                .map(row -> Arrays.copyOfRange(row, first, first + outputs))
                .toArray(double[][]::new);
        double[][] patches = withBias(BruteForce.patches(image, g, group * inputs, inputs), bias);
        assertReduced(
            List.of(
                group(found.get(0), groups, group),
                group(found.get(1), groups, group),
                found.get(2)),
            patches,
            ofGroup);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void depthwiseConvolutionsAreGroupsOfOneChannel(int multiplier) {
    int channels = 3;
    ConvolutionGeometry g = new ConvolutionGeometry(3, 2, channels, multiplier, 2, 2, Padding.SAME);
    ConvolutionGeometry single = new ConvolutionGeometry(3, 2, 1, multiplier, 2, 2, Padding.SAME);
    Image image = Image.random(SEED, EXAMPLES, 6, 5, channels);
    Input gradient = gradient(g, channels * multiplier);

    List<double[]> depthwise = rows(new DepthwiseMoments(g, Bias.PRESENT), image, gradient);
    List<double[]> grouped =
        rows(new GroupedMoments(single, channels, Bias.PRESENT), image, gradient);

    for (int i = 0; i < depthwise.size(); i++) {
      assertClose(depthwise.get(i), grouped.get(i), EXACT);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"3", "3,4", "3,2,2"})
  void denseLayersAverageOverTheDimensionsBetween(String leading) {
    long[] dimensions = Stream.of(leading.split(",")).mapToLong(Long::parseLong).toArray();
    int rows = (int) Shape.of(dimensions).size();
    double[] x = BruteForce.normals(SEED, rows * 5);
    double[] g = BruteForce.normals(SEED + 1, rows * 2);
    for (Bias bias : Bias.values()) {
      List<double[]> found =
          rows(
              new DenseMoments(5, 2, bias),
              Input.of(x, Shape.of(dimensions).append(5).asArray()),
              Input.of(g, Shape.of(dimensions).append(2).asArray()).declaredAs(Shape.unknown()));
      assertReduced(found, withBias(BruteForce.rows(x, 5), bias), BruteForce.rows(g, 2));
    }
  }

  private static List<double[]> rows(LayerMoments layer, Image image, Input gradient) {
    Shape unknown = Shape.of(-1, -1, -1, image.channels());
    return rows(layer, Input.of(image).declaredAs(unknown), gradient);
  }

  private static List<double[]> rows(LayerMoments layer, Input input, Input gradient) {
    return Evaluation.<TFloat64>evaluate(
        TFloat64.class,
        List.of(input, gradient),
        (tf, in) -> {
          LayerRows<TFloat64> rows = layer.reduced(tf, in.get(0), in.get(1));
          return List.of(rows.input(), rows.gradient(), rows.positions());
        });
  }

  /** The rows of one group of {@code [examples, groups, size]}. */
  private static double[] group(double[] rows, int groups, int group) {
    double[][] all = BruteForce.rows(rows, rows.length / EXAMPLES / groups);
    return Stream.iterate(group, i -> i < all.length, i -> i + groups)
        .flatMapToDouble(i -> Arrays.stream(all[i]))
        .toArray();
  }

  private static double[][] withBias(double[][] rows, Bias bias) {
    return bias == Bias.PRESENT ? BruteForce.withOne(rows) : rows;
  }

  private static void assertReduced(List<double[]> found, double[][] x, double[][] g) {
    int positions = x.length / EXAMPLES;
    double[] means = Arrays.stream(sums(x)).map(sum -> sum / positions).toArray();
    double[] counts = new double[EXAMPLES];
    Arrays.fill(counts, positions);
    assertClose(found.get(0), means, EXACT);
    assertClose(found.get(1), sums(g), EXACT);
    assertClose(found.get(2), counts, 0);
  }

  private static double[] sums(double[][] rows) {
    int width = rows[0].length;
    int positions = rows.length / EXAMPLES;
    double[] sums = new double[EXAMPLES * width];
    for (int r = 0; r < rows.length; r++) {
      for (int i = 0; i < width; i++) {
        sums[r / positions * width + i] += rows[r][i];
      }
    }
    return sums;
  }

  private static Input gradient(ConvolutionGeometry g, int channels) {
    int height = BruteForce.outputs(6, g.kernelHeight(), g.strideHeight(), g.padding());
    int width = BruteForce.outputs(5, g.kernelWidth(), g.strideWidth(), g.padding());
    double[] values = BruteForce.normals(SEED + 1, EXAMPLES * height * width * channels);
    return Input.of(values, EXAMPLES, height, width, channels);
  }
}
