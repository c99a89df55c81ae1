package io.github.tfkfac.factor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.factor.BruteForce.Image;
import io.github.tfkfac.factor.Evaluation.Input;
import io.github.tfkfac.factor.Evaluation.Moments;
import io.github.tfkfac.graph.ConvolutionGeometry;
import io.github.tfkfac.graph.ConvolutionGeometry.Padding;
import java.util.Arrays;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

class DepthwiseMomentsTest {

  private static final Offset<Double> EXACT = within(1e-10);
  private static final Offset<Double> SINGLE_PRECISION = within(1e-4);
  private static final long SEED = 11;
  private static final int EXAMPLES = 2;
  private static final int CHANNELS = 3;

  static Stream<ConvolutionGeometry> geometries() {
    Stream.Builder<ConvolutionGeometry> geometries = Stream.builder();
    for (Padding padding : Padding.values()) {
      for (int multiplier = 1; multiplier <= 2; multiplier++) {
        for (int stride = 1; stride <= 3; stride++) {
          geometries.add(
              new ConvolutionGeometry(3, 3, CHANNELS, multiplier, stride, stride, padding));
          geometries.add(
              new ConvolutionGeometry(2, 5, CHANNELS, multiplier, stride, stride, padding));
        }
      }
      geometries.add(new ConvolutionGeometry(1, 1, CHANNELS, 2, 1, 1, padding));
      geometries.add(new ConvolutionGeometry(6, 5, CHANNELS, 2, 1, 1, padding));
    }
    return geometries.build();
  }

  @ParameterizedTest
  @MethodSource("geometries")
  void everyChannelHasTheMomentsOfItsOwnPatches(ConvolutionGeometry geometry) {
    Image image = image();
    Input gradient = gradient(geometry);
    Shape unknown = Shape.of(Shape.UNKNOWN_SIZE, Shape.UNKNOWN_SIZE, Shape.UNKNOWN_SIZE, CHANNELS);

    Moments plain =
        Evaluation.moments(new DepthwiseMoments(geometry, Bias.ABSENT), Input.of(image), gradient);
    Moments biased =
        Evaluation.moments(
            new DepthwiseMoments(geometry, Bias.PRESENT),
            Input.of(image).declaredAs(unknown),
            gradient);
    Moments single =
        Evaluation.moments(
            TFloat32.class,
            new DepthwiseMoments(geometry, Bias.PRESENT),
            Input.of(image),
            gradient);

    double[] expected = perChannel(image, geometry, Bias.ABSENT);
    double[] expectedWithBias = perChannel(image, geometry, Bias.PRESENT);
    assertThat(plain.inputSum()).containsExactly(expected, EXACT);
    assertThat(biased.inputSum()).containsExactly(expectedWithBias, EXACT);
    assertThat(single.inputSum()).containsExactly(expectedWithBias, SINGLE_PRECISION);
    assertThat(plain.gradientSum()).containsExactly(perChannel(geometry, gradient), EXACT);
    assertThat(plain.rows()).isEqualTo(BruteForce.patches(image, geometry, 0, CHANNELS).length);
    assertThat(plain.examples()).isEqualTo(EXAMPLES);
  }

  @ParameterizedTest
  @EnumSource
  void singleChannelIsAnOrdinaryConvolution(Bias bias) {
    ConvolutionGeometry geometry = new ConvolutionGeometry(3, 3, 1, 2, 1, 1, Padding.SAME);
    Image image = Image.random(SEED, EXAMPLES, 6, 5, 1);
    Input gradient = Input.of(BruteForce.normals(SEED + 1, EXAMPLES * 60), EXAMPLES, 6, 5, 2);

    Moments depthwise =
        Evaluation.moments(new DepthwiseMoments(geometry, bias), Input.of(image), gradient);
    Moments ordinary =
        Evaluation.moments(new ConvolutionMoments(geometry, bias), Input.of(image), gradient);

    assertThat(depthwise.inputSum()).containsExactly(ordinary.inputSum(), EXACT);
    assertThat(depthwise.gradientSum()).containsExactly(ordinary.gradientSum(), EXACT);
  }

  private static Image image() {
    return Image.random(SEED, EXAMPLES, 6, 5, CHANNELS);
  }

  private static Input gradient(ConvolutionGeometry g) {
    int height = BruteForce.outputs(6, g.kernelHeight(), g.strideHeight(), g.padding());
    int width = BruteForce.outputs(5, g.kernelWidth(), g.strideWidth(), g.padding());
    int channels = CHANNELS * g.outputChannels();
    return Input.of(
        BruteForce.normals(SEED + 1, EXAMPLES * height * width * channels),
        EXAMPLES,
        height,
        width,
        channels);
  }

  private static double[] perChannel(Image image, ConvolutionGeometry geometry, Bias bias) {
    double[] all = new double[0];
    for (int c = 0; c < CHANNELS; c++) {
      double[][] rows = BruteForce.patches(image, geometry, c, 1);
      all = concat(all, BruteForce.gram(bias == Bias.PRESENT ? BruteForce.withOne(rows) : rows));
    }
    return all;
  }

  private static double[] perChannel(ConvolutionGeometry geometry, Input gradient) {
    int multiplier = geometry.outputChannels();
    double[][] positions = BruteForce.rows(gradient.values(), CHANNELS * multiplier);
    double[] all = new double[0];
    for (int c = 0; c < CHANNELS; c++) {
      int from = c * multiplier;
      double[][] rows =
          Stream.of(positions)
              .map(row -> Arrays.copyOfRange(row, from, from + multiplier))
              .toArray(double[][]::new);
      all = concat(all, BruteForce.gram(rows));
    }
    return all;
  }

  private static double[] concat(double[] a, double[] b) {
    double[] result = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, result, a.length, b.length);
    return result;
  }
}
