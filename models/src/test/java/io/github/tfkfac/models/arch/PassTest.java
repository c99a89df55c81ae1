package io.github.tfkfac.models.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.models.layer.Labels;
import io.github.tfkfac.models.layer.Network;
import io.github.tfkfac.models.layer.Parameter;
import io.github.tfkfac.models.layer.Samples;
import io.github.tfkfac.models.layer.SoftmaxCrossEntropy;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

class PassTest {

  private static final Shape IMAGES = Shape.of(3, 8, 8, 3);
  private static final int CLASSES = 5;

  private static <T extends TNumber> Operand<T> images(Network<T> network) {
    return network.batch(IMAGES, Samples.uniform(21, IMAGES.size()));
  }

  static Stream<Arguments> architecturesAndTypes() {
    return Stream.of(
        Arguments.of(new Mlp(6, 5), TFloat32.class),
        Arguments.of(new Mlp(6, 5), TFloat64.class),
        Arguments.of(new CifarResNet(8), TFloat32.class),
        Arguments.of(new CifarResNet(8), TFloat64.class),
        Arguments.of(new ResNet(18, ImageScale.CIFAR), TFloat64.class),
        Arguments.of(new ResNet(50, ImageScale.IMAGENET), TFloat32.class),
        Arguments.of(new DenseNet(List.of(2, 1), 3, ImageScale.CIFAR), TFloat64.class),
        Arguments.of(new DenseNet(List.of(1, 1), 3, ImageScale.IMAGENET), TFloat32.class),
        Arguments.of(new VisionTransformer(4, 6, 2, 3), TFloat64.class),
        Arguments.of(new DeepLinear(5, 4), TFloat64.class));
  }

  @ParameterizedTest
  @MethodSource("architecturesAndTypes")
  <T extends TNumber> void everyTrainableHasAGradient(Architecture architecture, Class<T> type) {
    try (Network<T> network = new Network<>(type)) {
      Operand<T> logits = architecture.logits(network.training(0), images(network), CLASSES);
      Operand<T> targets =
          Labels.oneHot(network.tf, network.tf.constant(new int[] {0, 4, 2}), CLASSES, type);
      Operand<T> loss = new SoftmaxCrossEntropy().loss(network.tf, logits, targets);
      List<double[]> gradients = network.gradients(loss);
      List<Parameter<T>> trainables = network.store.trainables();
      for (int i = 0; i < trainables.size(); i++) {
        Parameter<T> parameter = trainables.get(i);
        assertThat(gradients.get(i)).as(parameter.name()).hasSize((int) parameter.shape().size());
        assertThat(Arrays.stream(gradients.get(i)).map(Math::abs).sum())
            .as(parameter.name())
            .isPositive()
            .isFinite();
      }
    }
  }

  @Test
  void trainingAndInferenceShareAllVariables() {
    Architecture architecture = new CifarResNet(8);
    try (Network<TFloat32> network = new Network<>(TFloat32.class)) {
      architecture.logits(network.training(0), images(network), CLASSES);
      List<Parameter<TFloat32>> afterTraining = network.store.parameters();
      int updates = network.store.updates(network.tf).size();
      Operand<TFloat32> inference =
          architecture.logits(network.inference(), images(network), CLASSES);
      assertThat(network.store.parameters()).isEqualTo(afterTraining);
      assertThat(network.store.updates(network.tf)).hasSize(updates).hasSize(2 * 7);
      double[] before = network.values(inference);
      network.run(network.store.updates(network.tf));
      assertThat(network.values(inference)).isNotEqualTo(before);
    }
  }

  @Test
  void precisionsAgree() {
    try (Network<TFloat32> single = new Network<>(TFloat32.class);
        Network<TFloat64> full = new Network<>(TFloat64.class)) {
      Architecture architecture = new CifarResNet(8);
      double[] expected = full.values(architecture.logits(full.training(0), images(full), CLASSES));
      assertThat(single.values(architecture.logits(single.training(0), images(single), CLASSES)))
          .containsExactly(expected, within(1e-4));
    }
  }

  @Test
  void zeroStartMakesEveryBranchVanish() {
    try (Network<TFloat32> network = new Network<>(TFloat32.class)) {
      new ResNet(18, ImageScale.CIFAR)
          .withResidualStart(ResNet.ResidualStart.ZERO)
          .logits(network.training(0), images(network), CLASSES);
      assertThat(network.values("layer1/0/bn2/gamma")).containsOnly(0);
      assertThat(network.values("layer1/0/bn1/gamma")).containsOnly(1);
      assertThat(network.values("layer2/0/downsample/1/gamma")).containsOnly(1);
    }
  }
}
