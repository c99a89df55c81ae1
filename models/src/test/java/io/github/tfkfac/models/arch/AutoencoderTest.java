package io.github.tfkfac.models.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.models.layer.Network;
import io.github.tfkfac.models.layer.Parameter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

class AutoencoderTest {

  @Test
  void theDecoderMirrorsTheEncoder() {
    try (Network<TFloat64> network = new Network<>(TFloat64.class)) {
      Operand<TFloat64> output =
          new Autoencoder(List.of(6, 4, 2))
              .build(network.training(0), network.batch(Shape.of(3, 9), new double[27]));
      assertThat(network.values(output)).hasSize(3 * 9);
      assertThat(
              network.store.trainables().stream()
                  .filter(parameter -> parameter.name().endsWith("kernel"))
                  .map(Parameter::shape))
          .containsExactly(
              Shape.of(9, 6),
              Shape.of(6, 4),
              Shape.of(4, 2),
              Shape.of(2, 4),
              Shape.of(4, 6),
              Shape.of(6, 9));
    }
  }

  @Test
  void anEncoderWithoutUnitsIsRejected() {
    assertThatThrownBy(() -> new Autoencoder(List.of(3, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found [3, 0]");
  }
}
