package io.github.tfkfac.models.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.models.layer.FixedBatchNorm.Affine;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

class FixedBatchNormTest {

  private static final Shape IMAGES = Shape.of(2, 2, 3, 2);
  private static final double[] VALUES = Samples.uniform(51, IMAGES.size());
  private static final double EPSILON = 1e-5;
  private static final double TOLERANCE = 2e-6;

  private static <T extends TNumber> void set(Network<T> network, String name, double... values) {
    network.values(
        network.tf.assign(
            network.parameter(name).variable(),
            network.tf.dtypes.cast(network.tf.constant(values), network.store.type())));
  }

  @ParameterizedTest
  @ValueSource(classes = {TFloat32.class, TFloat64.class})
  <T extends TNumber> void trainingNormalizesByTheMovingAveragesAndKeepsThem(Class<T> type) {
    try (Network<T> network = new Network<>(type)) {
      Operand<T> output =
          new FixedBatchNorm(Affine.TRAINED)
              .apply(network.training(0).in("bn"), network.batch(IMAGES, VALUES));
      set(network, "bn/moving_mean", 0.5, -1);
      set(network, "bn/moving_variance", 2, 0.25);
      set(network, "bn/gamma", 3, -2);
      set(network, "bn/beta", 0.1, 0.2);
      double[] actual = network.values(output);
      for (int i = 0; i < actual.length; i++) {
        double expected =
            i % 2 == 0
                ? 3 * (VALUES[i] - 0.5) / Math.sqrt(2 + EPSILON) + 0.1
                : -2 * (VALUES[i] + 1) / Math.sqrt(0.25 + EPSILON) + 0.2;
        assertThat(actual[i]).isCloseTo(expected, within(TOLERANCE));
      }
      assertThat(network.store.updates(network.tf)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1e-5, 1e-3})
  void theNormalizerHasTheEpsilonThatWeightsWereMadeFor(double epsilon) {
    double variance = 1e-6;
    try (Network<TFloat32> network = new Network<>(TFloat32.class)) {
      Operand<TFloat32> output =
          new Normalizer.FixedBatch(Affine.FIXED, epsilon)
              .layer(Initializer.ones())
              .apply(network.training(0).in("bn"), network.batch(IMAGES, VALUES));
      set(network, "bn/moving_variance", variance, variance);
      double[] actual = network.values(output);
      for (int i = 0; i < actual.length; i++) {
        double expected = VALUES[i] / Math.sqrt(variance + epsilon);
        assertThat(actual[i]).isCloseTo(expected, within(TOLERANCE * Math.abs(expected) + 1e-30));
      }
    }
  }

  @Test
  void scaleAndShiftAreTrainableOrFrozen() {
    for (Affine affine : Affine.values()) {
      try (Network<TFloat32> network = new Network<>(TFloat32.class)) {
        new FixedBatchNorm(affine)
            .apply(network.training(0).in("bn"), network.batch(IMAGES, VALUES));
        assertThat(network.store.trainables())
            .extracting(Parameter::name)
            .containsExactlyElementsOf(
                affine == Affine.TRAINED ? List.of("bn/gamma", "bn/beta") : List.of());
        assertThat(network.store.statistics())
            .extracting(Parameter::name)
            .containsExactly("bn/moving_mean", "bn/moving_variance");
      }
    }
  }
}
