package io.github.tfkfac.models.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

class PoolingTest {

  private static final int CHANNELS = 2;

  @ParameterizedTest
  @CsvSource({"3, 2, 1, 6", "3, 2, 1, 7", "2, 2, 0, 6", "3, 1, 1, 5"})
  void windowsReachOverPixelsOfPaddingOnAllSides(int size, int stride, int pixels, int extent) {
    // Negative, so that a zero from the padding would win a maximum.
    double[] values =
        java.util.Arrays.stream(Samples.uniform(4, (long) extent * extent * CHANNELS))
            .map(value -> value - 3)
            .toArray();
    int outputs = (extent + 2 * pixels - size) / stride + 1;
    double[] maxima = new double[outputs * outputs * CHANNELS];
    double[] means = new double[maxima.length];
    for (int i = 0; i < maxima.length; i++) {
      double max = Double.NEGATIVE_INFINITY;
      double sum = 0;
      for (int offset = 0; offset < size * size; offset++) {
        int row = i / CHANNELS / outputs * stride - pixels + offset / size;
        int column = i / CHANNELS % outputs * stride - pixels + offset % size;
        if (row >= 0 && row < extent && column >= 0 && column < extent) {
          double value = values[(row * extent + column) * CHANNELS + i % CHANNELS];
          max = Math.max(max, value);
          sum += value;
        }
      }
      maxima[i] = max;
      means[i] = sum / (size * size);
    }
    try (Network<TFloat64> network = new Network<>(TFloat64.class)) {
      Operand<TFloat64> images = network.batch(Shape.of(1, extent, extent, CHANNELS), values);
      Padding padding = Padding.pixels(pixels);
      assertThat(network.values(Pooling.max(network.tf, images, size, stride, padding)))
          .containsExactly(maxima, within(1e-12));
      assertThat(network.values(Pooling.average(network.tf, images, size, stride, padding)))
          .containsExactly(means, within(1e-12));
    }
  }

  @Test
  void theGlobalAverageIsPerChannel() {
    try (Network<TFloat64> network = new Network<>(TFloat64.class)) {
      Operand<TFloat64> images = network.batch(Shape.of(2, 1, 2, 2), 1, 10, 3, 20, 5, 50, 9, 70);
      assertThat(network.values(Pooling.globalAverage(network.tf, images)))
          .containsExactly(2, 15, 7, 60);
    }
  }
}
