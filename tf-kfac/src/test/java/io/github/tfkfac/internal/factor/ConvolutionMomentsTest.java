package io.github.tfkfac.internal.factor;

import static io.github.tfkfac.internal.factor.BruteForce.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.extension.ConvolutionGeometry.Padding;
import io.github.tfkfac.internal.factor.BruteForce.Image;
import io.github.tfkfac.internal.factor.Evaluation.Input;
import io.github.tfkfac.internal.factor.Evaluation.Moments;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

class ConvolutionMomentsTest {

  private static final double EXACT = 1e-10;
  private static final double SINGLE_PRECISION = 1e-4;
  private static final long SEED = 7;
  private static final int EXAMPLES = 3;
  private static final Shape UNKNOWN =
      Shape.of(Shape.UNKNOWN_SIZE, Shape.UNKNOWN_SIZE, Shape.UNKNOWN_SIZE, 2);

  /** Image height and width, kernel, strides, padding. */
  record Case(int height, int width, int kh, int kw, int sh, int sw, Padding padding) {
    ConvolutionGeometry geometry(int channels) {
      return new ConvolutionGeometry(kh, kw, channels, 2, sh, sw, padding);
    }

    WindowAxis vertical() {
      return WindowAxis.of(kh, sh, padding, height);
    }

    WindowAxis horizontal() {
      return WindowAxis.of(kw, sw, padding, width);
    }

    Image image(int channels) {
      return Image.random(SEED, EXAMPLES, height, width, channels);
    }

    Input gradient() {
      int outHeight = BruteForce.outputs(height, kh, sh, padding);
      int outWidth = BruteForce.outputs(width, kw, sw, padding);
      return Input.of(
          BruteForce.normals(SEED + 1, EXAMPLES * outHeight * outWidth * 2),
          EXAMPLES,
          outHeight,
          outWidth,
          2);
    }

    boolean fits() {
      return padding == Padding.SAME || (kh <= height && kw <= width);
    }
  }

  static Stream<Case> cases() {
    Stream.Builder<Case> cases = Stream.builder();
    for (Padding padding : Padding.values()) {
      for (int stride = 1; stride <= 3; stride++) {
        cases.add(new Case(6, 5, 1, 1, stride, stride, padding));
        cases.add(new Case(6, 5, 2, 2, stride, stride, padding));
        cases.add(new Case(6, 5, 3, 3, stride, stride, padding));
        cases.add(new Case(7, 8, 3, 3, stride, stride, padding));
        cases.add(new Case(7, 8, 1, 4, stride, stride, padding));
        cases.add(new Case(7, 8, 5, 5, stride, stride, padding));
      }
      cases.add(new Case(6, 5, 3, 2, 1, 2, padding));
      cases.add(new Case(6, 5, 5, 3, 3, 1, padding));
      cases.add(new Case(4, 4, 4, 4, 1, 1, padding));
      cases.add(new Case(3, 5, 3, 5, 2, 2, padding));
      cases.add(new Case(2, 3, 7, 5, 1, 1, padding));
      cases.add(new Case(2, 2, 7, 7, 2, 2, padding));
      cases.add(new Case(1, 1, 3, 3, 1, 1, padding));
      cases.add(new Case(1, 9, 3, 3, 2, 2, padding));
      cases.add(new Case(11, 11, 7, 7, 2, 2, padding));
      cases.add(new Case(15, 14, 11, 11, 4, 4, padding));
    }
    return cases.build().filter(Case::fits);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyWayGivesTheSumOverPatches(Case c) {
    Image image = c.image(2);
    ConvolutionGeometry geometry = c.geometry(2);
    Shape batchUnknown = Shape.of(Shape.UNKNOWN_SIZE, c.height(), c.width(), 2);

    List<double[]> sums =
        Evaluation.evaluate(
            TFloat64.class,
            List.of(Input.of(image).declaredAs(batchUnknown), Input.of(image).declaredAs(UNKNOWN)),
            (tf, inputs) ->
                List.of(
                    ShiftedCorrelations.sum(
                        tf, geometry, c.vertical(), c.horizontal(), inputs.get(0)),
                    Patches.sum(tf, geometry, inputs.get(0), 1),
                    Patches.sum(tf, geometry, inputs.get(1), 2),
                    Patches.sum(tf, geometry, inputs.get(1), 7)));

    double[] expected = BruteForce.gram(BruteForce.patches(image, geometry, 0, 2));
    assertThat(sums).allSatisfy(sum -> assertClose(sum, expected, EXACT));
  }

  /** Channels, those of a strided image's blocks among them, whose products are of matrices. */
  @ParameterizedTest
  @CsvSource({"129, 1, SAME", "136, 1, VALID", "144, 1, SAME", "33, 2, SAME", "40, 2, VALID"})
  void manyChannelsGiveTheSumOverPatches(int channels, int stride, Padding padding) {
    Case c = new Case(5, 6, 3, 2, stride, stride, padding);
    ConvolutionGeometry geometry = c.geometry(channels);
    Shape batchUnknown = Shape.of(Shape.UNKNOWN_SIZE, c.height(), c.width(), channels);

    List<double[]> sums =
        Evaluation.evaluate(
            TFloat64.class,
            List.of(Input.of(c.image(channels)).declaredAs(batchUnknown)),
            (tf, in) ->
                List.of(
                    ShiftedCorrelations.sum(tf, geometry, c.vertical(), c.horizontal(), in.get(0)),
                    Patches.sum(tf, geometry, in.get(0), 1)));

    assertClose(sums.get(0), sums.get(1), EXACT);
  }

  static Stream<Case> typicalCases() {
    return Stream.of(
        new Case(6, 5, 3, 3, 1, 1, Padding.SAME),
        new Case(6, 5, 3, 3, 2, 2, Padding.VALID),
        new Case(7, 8, 2, 2, 3, 3, Padding.SAME),
        new Case(6, 5, 1, 1, 2, 2, Padding.SAME),
        new Case(4, 4, 4, 4, 1, 1, Padding.VALID),
        new Case(11, 11, 7, 7, 2, 2, Padding.SAME));
  }

  @ParameterizedTest
  @MethodSource("typicalCases")
  void biasRowHoldsTheSumOfPatchesWhateverIsKnownOfTheShape(Case c) {
    Image image = c.image(2);
    ConvolutionMoments layer = new ConvolutionMoments(c.geometry(2), Bias.PRESENT);

    List<double[]> values =
        Evaluation.evaluate(
            TFloat64.class,
            List.of(
                Input.of(image),
                Input.of(image).declaredAs(UNKNOWN),
                Input.of(image).declaredAs(Shape.unknown()),
                c.gradient()),
            (tf, in) ->
                Stream.of(0, 1, 2)
                    .flatMap(
                        i ->
                            Evaluation.flat(Evaluation.full(tf, layer, in.get(i), in.get(3)))
                                .stream())
                    .toList());

    double[][] rows = BruteForce.withOne(BruteForce.patches(image, c.geometry(2), 0, 2));
    double[] expected = BruteForce.gram(rows);
    for (int i = 0; i < 3; i++) {
      Moments found = Evaluation.toMoments(values.subList(4 * i, 4 * i + 4));
      assertClose(found.inputSum(), expected, EXACT);
      assertThat(found.rows()).isEqualTo(rows.length);
      assertThat(found.examples()).isEqualTo(EXAMPLES);
    }
  }

  @Test
  void gradientSumRunsOverExamplesAndPositions() {
    Case c = new Case(6, 5, 3, 3, 2, 2, Padding.SAME);
    Image image = c.image(2);

    Moments found = moments(c, image, Bias.ABSENT, Input.of(image));

    double[] expected = BruteForce.gram(BruteForce.rows(c.gradient().values(), 2));
    assertClose(found.gradientSum(), expected, EXACT);
  }

  @Test
  void singlePixelKernelIsDenseLayerOnEveryPixel() {
    Case c = new Case(4, 5, 1, 1, 1, 1, Padding.VALID);
    Image image = c.image(3);

    Moments found =
        Evaluation.moments(
            new ConvolutionMoments(c.geometry(3), Bias.PRESENT), Input.of(image), c.gradient());
    Moments dense =
        Evaluation.moments(new DenseMoments(3, 2, Bias.PRESENT), Input.of(image), c.gradient());

    assertSame(found, dense);
  }

  @Test
  void wholeImageKernelIsDenseLayerOnFlattenedImage() {
    Case c = new Case(4, 3, 4, 3, 1, 1, Padding.VALID);
    Image image = c.image(2);

    Moments found = moments(c, image, Bias.PRESENT, Input.of(image));
    Moments dense =
        Evaluation.moments(
            new DenseMoments(24, 2, Bias.PRESENT),
            Input.of(image.values(), EXAMPLES, 24),
            Input.of(c.gradient().values(), EXAMPLES, 2));

    assertSame(found, dense);
  }

  @Test
  void usesOfOneKernelPoolTheirRows() {
    Case large = new Case(6, 5, 3, 3, 1, 1, Padding.SAME);
    Case small = new Case(3, 4, 3, 3, 1, 1, Padding.SAME);
    Image first = large.image(2);
    Image second = small.image(2);
    ConvolutionMoments layer = new ConvolutionMoments(large.geometry(2), Bias.PRESENT);

    Moments pooled =
        Evaluation.toMoments(
            Evaluation.evaluate(
                TFloat64.class,
                List.of(Input.of(first), large.gradient(), Input.of(second), small.gradient()),
                (tf, in) ->
                    Evaluation.flat(
                        Evaluation.full(tf, layer, in.get(0), in.get(1))
                            .plus(tf, Evaluation.full(tf, layer, in.get(2), in.get(3))))));

    double[][] rows =
        Stream.of(
                BruteForce.patches(first, large.geometry(2), 0, 2),
                BruteForce.patches(second, large.geometry(2), 0, 2))
            .flatMap(Stream::of)
            .toArray(double[][]::new);
    assertClose(pooled.inputSum(), BruteForce.gram(BruteForce.withOne(rows)), EXACT);
    assertThat(pooled.rows()).isEqualTo(rows.length);
    assertThat(pooled.examples()).isEqualTo(EXAMPLES);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void singlePrecisionAgreesWithDouble(int stride) {
    Case c = new Case(9, 8, 3, 3, stride, stride, Padding.SAME);
    Image image = c.image(2);
    ConvolutionMoments layer = new ConvolutionMoments(c.geometry(2), Bias.PRESENT);

    Moments single = Evaluation.moments(TFloat32.class, layer, Input.of(image), c.gradient());

    double[][] rows = BruteForce.patches(image, c.geometry(2), 0, 2);
    assertClose(single.inputSum(), BruteForce.gram(BruteForce.withOne(rows)), SINGLE_PRECISION);
  }

  @Test
  void kernelLargerThanImageIsRejected() {
    ConvolutionGeometry geometry = new ConvolutionGeometry(5, 5, 2, 2, 1, 1, Padding.VALID);

    assertThatThrownBy(() -> build(geometry, Shape.of(1, 4, 9, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 5")
        .hasMessageContaining("found 4");
  }

  /** Operations that are part of one of the ways alone. */
  @ParameterizedTest
  @CsvSource({
    "3, 1, 8, Conv2DBackpropFilter, ExtractImagePatches",
    "3, 2, 8, ExtractImagePatches, Conv2DBackpropFilter",
    "3, 1, -1, ExtractImagePatches, Conv2DBackpropFilter",
    "1, 1, 8, MatMul, StridedSlice",
    "1, 2, 8, StridedSlice, ExtractImagePatches"
  })
  void theWayOfFewestMultiplicationsIsTaken(
      int kernel, int stride, int side, String taken, String other) {
    ConvolutionGeometry geometry =
        new ConvolutionGeometry(kernel, kernel, 2, 2, stride, stride, Padding.SAME);

    assertThat(build(geometry, Shape.of(Shape.UNKNOWN_SIZE, side, side, 2)))
        .contains(taken)
        .doesNotContain(other);
  }

  /** Parts of half the growth: 3·3, 1.5·1.5, 1, (64 for the unknown side) 3·3; a dilated window. */
  @ParameterizedTest
  @CsvSource({"3, 1, 1, 8, 5", "3, 2, 1, 8, 2", "2, 2, 1, 8, 1", "3, 1, 1, -1, 5", "3, 1, 2, 8, 5"})
  void thePatchesOfAPartAreTwiceTheInput(
      int kernel, int stride, int dilation, int side, int parts) {
    ConvolutionGeometry geometry =
        new ConvolutionGeometry(
            kernel, kernel, 2, 2, stride, stride, dilation, dilation, Padding.SAME);
    try (Graph graph = new Graph()) {
      Operand<TFloat32> input =
          Ops.create(graph)
              .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, side, side, 2)));

      assertThat(Patches.parts(geometry, input)).isEqualTo(parts);
    }
  }

  private static List<String> build(ConvolutionGeometry geometry, Shape input) {
    return build(geometry, input, Shape.of(-1, 1, 1, geometry.outputChannels()));
  }

  /** Types of the operations. */
  private static List<String> build(ConvolutionGeometry geometry, Shape input, Shape gradient) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Evaluation.full(
          tf,
          new ConvolutionMoments(geometry, Bias.ABSENT),
          tf.placeholder(TFloat64.class, Placeholder.shape(input)),
          tf.placeholder(TFloat64.class, Placeholder.shape(gradient)));
      List<String> types = new ArrayList<>();
      graph.operations().forEachRemaining(operation -> types.add(operation.type()));
      return types;
    }
  }

  private static Moments moments(Case c, Image image, Bias bias, Input input) {
    return Evaluation.moments(
        new ConvolutionMoments(c.geometry(image.channels()), bias), input, c.gradient());
  }

  private static void assertSame(Moments found, Moments expected) {
    assertClose(found.inputSum(), expected.inputSum(), EXACT);
    assertClose(found.gradientSum(), expected.gradientSum(), EXACT);
    assertThat(found.rows()).isEqualTo(expected.rows());
  }
}
