package io.github.tfkfac.models.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

class ShortcutTest {

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void everySecondPixelIsKeptAndChannelsAreZeroPaddedOnBothSides(int extent) {
    int batch = 2;
    int before = 2;
    int after = 6;
    double[] values = Samples.uniform(9, (long) batch * extent * extent * before);
    int half = (extent + 1) / 2;
    double[] expected = new double[batch * half * half * after];
    for (int n = 0; n < batch; n++) {
      for (int i = 0; i < half; i++) {
        for (int j = 0; j < half; j++) {
          for (int c = 0; c < before; c++) {
            expected[((n * half + i) * half + j) * after + 2 + c] =
                values[((n * extent + 2 * i) * extent + 2 * j) * before + c];
          }
        }
      }
    }
    try (Network<TFloat64> network = new Network<>(TFloat64.class)) {
      Operand<TFloat64> output =
          Shortcut.subsampledAndZeroPadded(
              network.tf, network.batch(Shape.of(batch, extent, extent, before), values), after);
      assertThat(output.shape().asArray()).containsExactly(-1, half, half, after);
      assertThat(network.values(output)).containsExactly(expected);
    }
  }

  @Test
  void channelsMustGrowByAnEvenNumber() {
    try (Network<TFloat64> network = new Network<>(TFloat64.class)) {
      Operand<TFloat64> images = network.batch(Shape.of(1, 2, 2, 2), new double[8]);
      assertThatThrownBy(() -> Shortcut.subsampledAndZeroPadded(network.tf, images, 5))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("2 to 5");
    }
  }
}
