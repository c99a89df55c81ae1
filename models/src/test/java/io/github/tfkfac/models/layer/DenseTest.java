package io.github.tfkfac.models.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

class DenseTest {

  @Test
  void imagesAreFlattenedInTheOrderHeightWidthChannels() {
    double[] images = Samples.uniform(2, 2 * 2 * 3 * 2);
    try (Network<TFloat64> network = new Network<>(TFloat64.class)) {
      Operand<TFloat64> output =
          new Dense(4)
              .apply(network.inference().in("fc"), network.batch(Shape.of(2, 2, 3, 2), images));
      double[] kernel = network.values("fc/kernel");
      double[] expected = new double[8];
      for (int i = 0; i < 8; i++) {
        for (int k = 0; k < 12; k++) {
          expected[i] += images[i / 4 * 12 + k] * kernel[k * 4 + i % 4];
        }
      }
      assertThat(network.values(output)).containsExactly(expected, within(1e-12));
      assertThat(network.parameter("fc/kernel").axes()).isEqualTo(new Axes.FlattenedDense(2, 3, 2));
    }
  }

  @Test
  void theBiasIsAZeroParameterOrAbsent() {
    try (Network<TFloat64> network = new Network<>(TFloat64.class)) {
      Operand<TFloat64> rows = network.batch(Shape.of(1, 3), 1, 2, 3);
      new Dense(2).apply(network.inference().in("with"), rows);
      new Dense(2).withBias(Bias.NONE).apply(network.inference().in("without"), rows);
      assertThat(network.store.parameters())
          .extracting(Parameter::name)
          .containsExactly("with/kernel", "with/bias", "without/kernel");
      assertThat(network.values("with/bias")).containsExactly(0, 0);
    }
  }

  @Test
  void unitsMustBePositive() {
    assertThatThrownBy(() -> new Dense(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("units");
  }
}
