package io.github.tfkfac.models.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

class TransposedConvolutionTest {

  private static final Shape IMAGES = Shape.of(2, 3, 2, 4);
  private static final int FILTERS = 5;
  private static final double TOLERANCE = 1e-12;

  @Test
  void everyPixelBecomesASquare() {
    double[] values = Samples.uniform(41, IMAGES.size());
    try (Network<TFloat64> network = new Network<>(TFloat64.class)) {
      Operand<TFloat64> output =
          new TransposedConvolution(FILTERS, 2, Initializer.heNormal())
              .apply(network.training(0).in("up"), network.batch(IMAGES, values));
      double[] kernel = network.values("up/kernel");
      double[] actual = network.values(output);

      assertThat(output.shape().get(3)).isEqualTo(FILTERS);
      assertThat(actual).hasSize(2 * 6 * 4 * FILTERS);
      for (int i = 0; i < actual.length; i++) {
        int filter = i % FILTERS;
        int column = i / FILTERS % 4;
        int row = i / (FILTERS * 4) % 6;
        int image = i / (FILTERS * 4 * 6);
        double expected = 0;
        for (int channel = 0; channel < 4; channel++) {
          int entry = ((row % 2 * 2 + column % 2) * FILTERS + filter) * 4 + channel;
          expected +=
              kernel[entry] * values[((image * 3 + row / 2) * 2 + column / 2) * 4 + channel];
        }
        assertThat(actual[i]).isCloseTo(expected, within(TOLERANCE));
      }
    }
  }
}
