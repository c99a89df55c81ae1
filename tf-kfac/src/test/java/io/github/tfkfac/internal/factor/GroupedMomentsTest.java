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
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.ndarray.Shape;

class GroupedMomentsTest {

  private static final double EXACT = 1e-10;
  private static final long SEED = 13;
  private static final int EXAMPLES = 5;
  private static final int GROUPS = 3;

  static Stream<ConvolutionGeometry> geometries() {
    return Stream.of(Padding.values())
        .flatMap(
            padding ->
                Stream.of(
                    new ConvolutionGeometry(3, 3, 2, 2, 1, 1, padding),
                    new ConvolutionGeometry(2, 3, 2, 1, 2, 1, padding),
                    new ConvolutionGeometry(1, 1, 2, 3, 2, 2, padding)));
  }

  @ParameterizedTest
  @MethodSource("geometries")
  void everyGroupHasTheMomentsOfItsOwnPatches(ConvolutionGeometry g) {
    int inputs = g.inputChannels();
    Image image = Image.random(SEED, EXAMPLES, 6, 5, GROUPS * inputs);
    Input gradient = gradient(g, GROUPS * g.outputChannels());
    Shape unknown = Shape.of(-1, -1, -1, image.channels());

    for (Bias bias : Bias.values()) {
      Moments found =
          Evaluation.moments(
              new GroupedMoments(g, GROUPS, bias), Input.of(image).declaredAs(unknown), gradient);

      double[] ofInput =
          perGroup(
              group -> {
                double[][] rows = BruteForce.patches(image, g, group * inputs, inputs);
                return bias == Bias.PRESENT ? BruteForce.withOne(rows) : rows;
              });
      double[] ofGradient =
          perGroup(
              group ->
                  columns(
                      BruteForce.rows(gradient.values(), GROUPS * g.outputChannels()),
                      group * g.outputChannels(),
                      g.outputChannels()));
      assertClose(found.inputSum(), ofInput, EXACT);
      assertClose(found.gradientSum(), ofGradient, EXACT);
      assertThat(found.rows()).isEqualTo(BruteForce.patches(image, g, 0, 1).length);
      assertThat(found.examples()).isEqualTo(EXAMPLES);
    }
  }

  @ParameterizedTest
  @EnumSource
  void oneGroupIsAnOrdinaryConvolution(Bias bias) {
    ConvolutionGeometry g = new ConvolutionGeometry(3, 3, 2, 2, 1, 1, Padding.SAME);
    Input image = Input.of(Image.random(SEED, EXAMPLES, 6, 5, 2));
    Input gradient = gradient(g, 2);

    Moments grouped = Evaluation.moments(new GroupedMoments(g, 1, bias), image, gradient);
    Moments ordinary = Evaluation.moments(new ConvolutionMoments(g, bias), image, gradient);

    assertClose(grouped.inputSum(), ordinary.inputSum(), EXACT);
    assertClose(grouped.gradientSum(), ordinary.gradientSum(), EXACT);
  }

  @Test
  void noGroupsAreRejected() {
    ConvolutionGeometry g = new ConvolutionGeometry(3, 3, 2, 2, 1, 1, Padding.SAME);

    assertThatThrownBy(() -> new GroupedMoments(g, 0, Bias.ABSENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("groups > 0, found 0");
  }

  private interface Rows {
    double[][] of(int group);
  }

  private static double[] perGroup(Rows rows) {
    return Stream.iterate(0, group -> group + 1)
        .limit(GROUPS)
        .flatMapToDouble(group -> DoubleStream.of(BruteForce.gram(rows.of(group))))
        .toArray();
  }

  private static double[][] columns(double[][] rows, int first, int count) {
    return Stream.of(rows)
        .map(row -> Arrays.copyOfRange(row, first, first + count))
        .toArray(double[][]::new);
  }

  private static Input gradient(ConvolutionGeometry g, int channels) {
    int height = BruteForce.outputs(6, g.kernelHeight(), g.strideHeight(), g.padding());
    int width = BruteForce.outputs(5, g.kernelWidth(), g.strideWidth(), g.padding());
    double[] values = BruteForce.normals(SEED + 1, EXAMPLES * height * width * channels);
    return Input.of(values, EXAMPLES, height, width, channels);
  }
}
