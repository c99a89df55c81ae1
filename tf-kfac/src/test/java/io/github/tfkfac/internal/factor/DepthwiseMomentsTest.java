package io.github.tfkfac.internal.factor;

import static io.github.tfkfac.internal.factor.BruteForce.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.extension.ConvolutionGeometry.Padding;
import io.github.tfkfac.internal.factor.BruteForce.Image;
import io.github.tfkfac.internal.factor.Evaluation.Input;
import io.github.tfkfac.internal.factor.Evaluation.Moments;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

class DepthwiseMomentsTest {

  private static final double EXACT = 1e-10;
  private static final double SINGLE_PRECISION = 1e-4;
  private static final long SEED = 11;
  private static final int EXAMPLES = 2;
  private static final int CHANNELS = 3;

  static Stream<ConvolutionGeometry> geometries() {
    Stream.Builder<ConvolutionGeometry> geometries = Stream.builder();
    for (Padding padding : Padding.values()) {
      for (int stride = 1; stride <= 3; stride++) {
        geometries.add(new ConvolutionGeometry(3, 3, CHANNELS, 1, stride, stride, padding));
        geometries.add(new ConvolutionGeometry(2, 5, CHANNELS, 2, stride, stride, padding));
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

    List<double[]> values =
        Evaluation.evaluate(
            TFloat64.class,
            List.of(Input.of(image), Input.of(image).declaredAs(unknown), gradient),
            (tf, in) ->
                Stream.concat(
                        flat(tf, geometry, Bias.ABSENT, in.get(0), in.get(2)),
                        flat(tf, geometry, Bias.PRESENT, in.get(1), in.get(2)))
                    .toList());
    Moments plain = Evaluation.toMoments(values.subList(0, 4));
    Moments biased = Evaluation.toMoments(values.subList(4, 8));

    assertClose(plain.inputSum(), perChannel(image, geometry, Bias.ABSENT), EXACT);
    assertClose(biased.inputSum(), perChannel(image, geometry, Bias.PRESENT), EXACT);
    assertClose(plain.gradientSum(), perChannel(geometry, gradient), EXACT);
    assertThat(plain.rows()).isEqualTo(BruteForce.patches(image, geometry, 0, CHANNELS).length);
    assertThat(plain.examples()).isEqualTo(EXAMPLES);
  }

  private static <T extends TNumber> Stream<Operand<T>> flat(
      Ops tf, ConvolutionGeometry geometry, Bias bias, Operand<T> input, Operand<T> gradient) {
    return Evaluation.flat(
        Evaluation.full(tf, new DepthwiseMoments(geometry, bias), input, gradient))
        .stream();
  }

  @Test
  void singlePrecisionAgreesWithDouble() {
    ConvolutionGeometry geometry = new ConvolutionGeometry(3, 3, CHANNELS, 2, 1, 1, Padding.SAME);
    Image image = image();

    Moments single =
        Evaluation.moments(
            TFloat32.class,
            new DepthwiseMoments(geometry, Bias.PRESENT),
            Input.of(image),
            gradient(geometry));

    assertClose(single.inputSum(), perChannel(image, geometry, Bias.PRESENT), SINGLE_PRECISION);
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

    assertClose(depthwise.inputSum(), ordinary.inputSum(), EXACT);
    assertClose(depthwise.gradientSum(), ordinary.gradientSum(), EXACT);
  }

  @Test
  void differentStridesAreRejected() {
    ConvolutionGeometry geometry = new ConvolutionGeometry(3, 3, 1, 1, 2, 1, Padding.SAME);

    assertThatThrownBy(() -> new DepthwiseMoments(geometry, Bias.ABSENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2×1");
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
