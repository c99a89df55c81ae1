package io.github.tfkfac.models.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

class DropoutTest {

  private static final int COUNT = 4000;

  private static double[] dropped(long seed, String name, long step) {
    double[] ones = new double[COUNT];
    Arrays.fill(ones, 1);
    try (Network<TFloat32> network = new Network<>(TFloat32.class, seed)) {
      return network.values(
          new Dropout(0.2)
              .apply(network.training(step).in(name), network.batch(Shape.of(4, COUNT / 4), ones)));
    }
  }

  @Test
  void trainingDropsTheRateAndRescalesTheRest() {
    double[] values = dropped(1, "drop", 5);
    assertThat(values).containsOnly(0, 1.25f);
    // Standard deviation of the dropped fraction: 0.006.
    assertThat(Arrays.stream(values).filter(value -> value == 0).count() / (double) COUNT)
        .isCloseTo(0.2, within(0.03));
  }

  @Test
  void theChoiceDependsOnSeedAndLayerAndStepOnly() {
    double[] reference = dropped(1, "drop", 5);
    assertThat(dropped(1, "drop", 5)).isEqualTo(reference);
    assertThat(dropped(1, "drop", 6)).isNotEqualTo(reference);
    assertThat(dropped(2, "drop", 5)).isNotEqualTo(reference);
    assertThat(dropped(1, "other", 5)).isNotEqualTo(reference);
  }

  @Test
  void inferencePassesEverything() {
    try (Network<TFloat32> network = new Network<>(TFloat32.class)) {
      var input = network.batch(Shape.of(1, 2), 3, 4);
      assertThat(new Dropout(0.5).apply(network.inference().in("drop"), input)).isSameAs(input);
    }
  }

  @Test
  void theRateMustBeBelowOne() {
    assertThatThrownBy(() -> new Dropout(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rate of dropout");
  }
}
