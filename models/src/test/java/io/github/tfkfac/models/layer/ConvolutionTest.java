package io.github.tfkfac.models.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

class ConvolutionTest {

  private static final double EXACT = 1e-12;

  /** An image batch {@code [n, h, w, c]} with zeros outside. */
  private interface Images {
    double at(int n, int row, int column, int channel);

    static Images of(double[] values, int height, int width, int channels) {
      return (n, row, column, channel) ->
          row >= 0 && row < height && column >= 0 && column < width
              ? values[((n * height + row) * width + column) * channels + channel]
              : 0;
    }
  }

  private static void assertClose(double[] actual, double[] expected) {
    assertThat(actual).hasSameSizeAs(expected).containsExactly(expected, within(EXACT));
  }

  @ParameterizedTest
  @CsvSource({
    "3, 1, 1, 6, 5",
    "3, 2, 1, 6, 5",
    "3, 2, 1, 8, 8",
    "1, 2, 0, 5, 6",
    "5, 2, 2, 7, 8",
    "3, 1, 0, 5, 5",
    "3, 1, 2, 4, 4"
  })
  void pixelsOfPaddingAreOnAllSides(int size, int stride, int pixels, int height, int width) {
    int inputs = 2;
    int filters = 3;
    double[] values = Samples.uniform(5, 2L * height * width * inputs);
    Images images = Images.of(values, height, width, inputs);
    try (Network<TFloat64> network = new Network<>(TFloat64.class)) {
      Operand<TFloat64> output =
          new Convolution(filters, size)
              .withStride(stride)
              .withPadding(Padding.pixels(pixels))
              .apply(
                  network.inference().in("conv"),
                  network.batch(Shape.of(2, height, width, inputs), values));
      double[] kernel = network.values("conv/kernel");
      int rows = (height + 2 * pixels - size) / stride + 1;
      int columns = (width + 2 * pixels - size) / stride + 1;
      double[] expected = new double[2 * rows * columns * filters];
      int next = 0;
      for (int n = 0; n < 2; n++) {
        for (int i = 0; i < rows; i++) {
          for (int j = 0; j < columns; j++) {
            for (int f = 0; f < filters; f++) {
              for (int entry = 0; entry < size * size * inputs; entry++) {
                int row = i * stride - pixels + entry / inputs / size;
                int column = j * stride - pixels + entry / inputs % size;
                expected[next] +=
                    images.at(n, row, column, entry % inputs) * kernel[entry * filters + f];
              }
              next++;
            }
          }
        }
      }
      assertThat(output.shape().asArray()).containsExactly(-1, rows, columns, filters);
      assertClose(network.values(output), expected);
    }
  }

  @Test
  void depthwiseConvolvesEveryChannelOnItsOwn() {
    int size = 5;
    int channels = 3;
    int multiplier = 2;
    double[] values = Samples.uniform(6, (long) size * size * channels);
    Images images = Images.of(values, size, size, channels);
    try (Network<TFloat64> network = new Network<>(TFloat64.class)) {
      Operand<TFloat64> output =
          new DepthwiseConvolution(
                  multiplier, 3, 2, Padding.pixels(1), Bias.NONE, Initializer.heNormal())
              .apply(
                  network.inference().in("depthwise"),
                  network.batch(Shape.of(1, size, size, channels), values));
      double[] kernel = network.values("depthwise/kernel");
      double[] expected = new double[3 * 3 * channels * multiplier];
      for (int next = 0; next < expected.length; next++) {
        int filter = next % (channels * multiplier);
        int position = next / (channels * multiplier);
        for (int offset = 0; offset < 9; offset++) {
          int row = position / 3 * 2 - 1 + offset / 3;
          int column = position % 3 * 2 - 1 + offset % 3;
          expected[next] +=
              images.at(0, row, column, filter / multiplier)
                  * kernel[offset * channels * multiplier + filter];
        }
      }
      assertClose(network.values(output), expected);
    }
  }

  @Test
  void theBiasIsAddedToEveryPosition() {
    try (Network<TFloat64> network = new Network<>(TFloat64.class)) {
      Operand<TFloat64> images = network.batch(Shape.of(1, 2, 2, 1), Samples.uniform(1, 4));
      LayerContext<TFloat64> context = network.inference();
      Convolution convolution = new Convolution(2, 3);
      double[] without = network.values(convolution.apply(context.in("conv"), images));
      Operand<TFloat64> with =
          convolution.withBias(Bias.ZERO_AT_START).apply(context.in("conv"), images);
      assertClose(network.values(with), without);
      network.values(
          network.tf.assign(
              network.parameter("conv/bias").variable(),
              network.tf.constant(new double[] {10, 20})));
      double[] shifted = network.values(with);
      for (int i = 0; i < shifted.length; i++) {
        assertThat(shifted[i] - without[i]).isCloseTo(10 + 10 * (i % 2), within(EXACT));
      }
    }
  }

  @Test
  void badArgumentsAreRejected() {
    assertThatThrownBy(() -> new Convolution(0, 3)).hasMessageContaining("filters");
    assertThatThrownBy(() -> new Convolution(4, 3).withStride(0)).hasMessageContaining("stride");
    assertThatThrownBy(() -> Padding.pixels(-1)).hasMessageContaining("pixels");
    try (Network<TFloat64> network = new Network<>(TFloat64.class)) {
      Operand<TFloat64> rows = network.batch(Shape.of(1, 4), new double[4]);
      assertThatThrownBy(() -> new Convolution(4, 3).apply(network.inference().in("conv"), rows))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("rank [4]")
          .hasMessageContaining("'conv'");
    }
  }
}
