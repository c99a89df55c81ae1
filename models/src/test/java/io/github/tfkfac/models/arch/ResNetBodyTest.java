package io.github.tfkfac.models.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.models.layer.Network;
import io.github.tfkfac.models.layer.Normalizer;
import io.github.tfkfac.models.layer.Parameter;
import io.github.tfkfac.models.layer.Parameter.Role;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

class ResNetBodyTest {

  private static final int WIDTH = 4;

  private static Operand<TFloat32> images(Network<TFloat32> network, long extent) {
    return network.tf.placeholder(
        TFloat32.class, Placeholder.shape(Shape.of(-1, extent, extent, 3)));
  }

  @ParameterizedTest
  @CsvSource({"18, 64", "34, 64", "50, 256", "101, 256"})
  void stagesHaveTheLiteraturesStridesAndChannels(int depth, int firstChannels) {
    try (Network<TFloat32> network = new Network<>(TFloat32.class)) {
      ResNetBody body = ResNetBody.ofDepth(depth);
      ResNetBody.Features<TFloat32> features =
          body.features(network.inference(), images(network, 64));
      assertThat(features.stem().shape().asArray()).containsExactly(-1, 16, 16, 64);
      for (int stage = 0; stage < 4; stage++) {
        int extent = 64 / body.strides().get(stage);
        int channels = firstChannels << stage;
        assertThat(features.stages().get(stage).shape().asArray())
            .containsExactly(-1, extent, extent, channels);
        assertThat(body.channels().get(stage)).isEqualTo(channels);
      }
      assertThat(body.strides()).containsExactly(4, 8, 16, 32);
    }
  }

  @Test
  void heightAndWidthMayBeUnknown() {
    try (Network<TFloat32> network = new Network<>(TFloat32.class)) {
      List<Operand<TFloat32>> stages =
          ResNetBody.ofDepth(10)
              .withWidth(WIDTH)
              .withNormalizer(new Normalizer.Group(2))
              .features(network.training(0), images(network, -1))
              .stages();
      assertThat(stages.get(3).shape().asArray()).containsExactly(-1, -1, -1, 8 * WIDTH);
    }
  }

  @Test
  void frozenPartsHaveNoTrainableParametersAndNoUpdates() {
    try (Network<TFloat32> network = new Network<>(TFloat32.class)) {
      ResNetBody body = ResNetBody.ofDepth(10).withWidth(WIDTH).withFrozenParts(2);
      List<Operand<TFloat32>> stages =
          body.features(network.training(0), images(network, 32)).stages();
      for (Parameter<TFloat32> parameter : network.store.parameters()) {
        boolean frozen = parameter.name().matches("(conv1|bn1|layer1)/.*");
        boolean statistic = parameter.name().contains("/moving_");
        assertThat(parameter.role())
            .as(parameter.name())
            .isEqualTo(statistic ? Role.STATISTIC : frozen ? Role.FROZEN : Role.TRAINABLE);
      }
      long moving =
          network.store.statistics().stream()
              .filter(parameter -> !parameter.name().matches("(bn1|layer1)/.*"))
              .count();
      assertThat(network.store.updates(network.tf)).hasSize((int) moving);

      Output<?>[] trainables =
          network.store.trainables().stream()
              .map(parameter -> parameter.variable().asOutput())
              .toArray(Output<?>[]::new);
      Operand<TFloat32> sum =
          network.tf.reduceSum(stages.get(3), network.tf.constant(new int[] {0, 1, 2, 3}));
      assertThat(network.graph.addGradients(sum.asOutput(), trainables)).doesNotContainNull();
    }
  }

  @Test
  void anInferencePassSharesAFrozenNetwork() {
    try (Network<TFloat32> network = new Network<>(TFloat32.class)) {
      ResNetBody body = ResNetBody.ofDepth(10).withWidth(WIDTH).withFrozenParts(5);
      body.features(network.training(0), images(network, 32));
      int count = network.store.parameters().size();
      body.features(network.inference(), images(network, 64));
      assertThat(network.store.parameters()).hasSize(count);
      assertThat(network.store.trainables()).isEmpty();
    }
  }

  @Test
  void impossibleSettingsAreRejected() {
    assertThatThrownBy(() -> ResNetBody.ofDepth(20)).hasMessageContaining("found 20");
    assertThatThrownBy(() -> ResNetBody.ofDepth(18).withFrozenParts(6))
        .hasMessageContaining("0 to 5")
        .hasMessageContaining("found 6");
    assertThatThrownBy(() -> ResNetBody.ofDepth(18).withWidth(0)).hasMessageContaining("width 0");
  }
}
