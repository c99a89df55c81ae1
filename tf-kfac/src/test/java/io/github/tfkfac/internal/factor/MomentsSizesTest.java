package io.github.tfkfac.internal.factor;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.extension.ConvolutionGeometry.Padding;
import io.github.tfkfac.extension.Standardization;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat64;

/** Sizes that are not the layer's. */
class MomentsSizesTest {

  static Stream<Arguments> tensors() {
    ConvolutionGeometry geometry = new ConvolutionGeometry(3, 3, 2, 4, 1, 1, Padding.SAME);
    LayerMoments dense = new DenseMoments(2, 4, Bias.ABSENT);
    LayerMoments convolution = new ConvolutionMoments(geometry, Bias.ABSENT);
    LayerMoments grouped = new GroupedMoments(geometry, 2, Bias.ABSENT);
    LayerMoments embedding = new EmbeddingMoments(2, 4);
    LayerMoments scale = new ScaleShiftMoments(2, new Standardization.None(), Bias.PRESENT);
    return Stream.of(
        arguments(dense, Shape.of(1, 3), Shape.of(1, 4), "input", "[..., 2]"),
        arguments(dense, Shape.of(1, 2), Shape.of(1, 3), "output gradient", "[..., 4]"),
        arguments(convolution, image(3), image(4), "input", "[..., 2]"),
        arguments(convolution, image(2), image(3), "output gradient", "[..., 4]"),
        arguments(convolution, Shape.of(5, 5, 2), image(4), "input", "4 dimensions"),
        arguments(grouped, image(2), image(8), "input", "[..., 4]"),
        arguments(grouped, image(4), image(4), "output gradient", "[..., 8]"),
        arguments(grouped, Shape.of(5, 5, 4), image(8), "input", "4 dimensions"),
        arguments(embedding, Shape.of(1, 1), Shape.of(1, 1, 3), "output gradient", "[..., 4]"),
        arguments(scale, Shape.of(1, 3), Shape.of(1, 2), "input", "[..., 2]"),
        arguments(scale, Shape.of(1, 2), Shape.of(1, 3), "output gradient", "[..., 2]"));
  }

  private static Shape image(int channels) {
    return Shape.of(1, 5, 5, channels);
  }

  @ParameterizedTest
  @MethodSource("tensors")
  void aTensorOfOtherSizesIsRejected(
      LayerMoments layer, Shape input, Shape gradient, String what, String expected) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat64> x = tf.placeholder(TFloat64.class, Placeholder.shape(input));
      Placeholder<TFloat64> g = tf.placeholder(TFloat64.class, Placeholder.shape(gradient));

      assertRejected(() -> Evaluation.full(tf, layer, x, g), what, expected);
    }
  }

  static Stream<Arguments> layers() {
    return Stream.of(
        layer(() -> new DenseMoments(0, 1, Bias.ABSENT), "inputs 0"),
        layer(() -> new DenseMoments(1, 0, Bias.ABSENT), "outputs 0"),
        layer(() -> new EmbeddingMoments(0, 2), "rows 0"),
        layer(() -> new EmbeddingMoments(2, 0), "outputs 0"),
        layer(() -> new ScaleShiftMoments(0, new Standardization.None(), Bias.ABSENT), "found 0"));
  }

  private static Arguments layer(ThrowingCallable made, String found) {
    return arguments(made, found);
  }

  @ParameterizedTest
  @MethodSource("layers")
  void aLayerWithoutEntriesIsRejected(ThrowingCallable made, String found) {
    assertRejected(made, "expected", found);
  }

  private static void assertRejected(ThrowingCallable call, String... parts) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(parts);
  }
}
