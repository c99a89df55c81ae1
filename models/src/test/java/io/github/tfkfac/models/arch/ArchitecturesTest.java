package io.github.tfkfac.models.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.models.layer.Network;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

class ArchitecturesTest {

  @ParameterizedTest
  @CsvSource({
    "resnet8, 32, 10, 75290",
    "resnet20, 32, 10, 269722",
    "resnet32, 32, 10, 464154",
    "resnet18, 32, 10, 11173962",
    "resnet18-imagenet, 224, 1000, 11689512",
    "resnet34-imagenet, 224, 1000, 21797672",
    "resnet50-imagenet, 224, 1000, 25557032",
    "resnet101-imagenet, 224, 1000, 44549160",
    "vgg11, 32, 10, 9231114",
    "vgg16, 32, 10, 14728266",
    "vgg19, 32, 10, 20040522",
    "vgg11-imagenet, 224, 1000, 132868840",
    "vgg16-imagenet, 224, 1000, 138365992",
    "vgg19-imagenet, 224, 1000, 143678248",
    "alexnet, 32, 10, 2472266",
    "alexnet-imagenet, 224, 1000, 61100840",
    "densenet121, 32, 10, 6956298",
    "densenet121-imagenet, 224, 1000, 7978856",
    "deep-linear64, 1, 1, 7621",
    "vit, 32, 10, 141898",
    "mlp, 28, 10, 1338634"
  })
  void parameterCountsAreThePublishedOnes(String name, int extent, int classes, long expected) {
    try (Network<TFloat32> network = new Network<>(TFloat32.class)) {
      Operand<TFloat32> images =
          network.tf.placeholder(
              TFloat32.class, Placeholder.shape(Shape.of(-1, extent, extent, 3)));
      Operand<TFloat32> logits =
          Architectures.named(name).logits(network.training(0), images, classes);
      assertThat(logits.shape().asArray()).containsExactly(-1, classes);
      assertThat(network.store.trainableCount()).isEqualTo(expected);
    }
  }

  @Test
  void everyArchitectureIsFoundByItsOwnName() {
    assertThat(Architectures.names())
        .contains("mlp", "resnet44", "resnet56", "resnet110", "resnet101")
        .allSatisfy(name -> assertThat(Architectures.named(name).name()).isEqualTo(name));
  }

  @Test
  void anUnknownNameIsAnsweredWithTheNearest() {
    assertThatThrownBy(() -> Architectures.named("resnt-32"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'resnt-32'")
        .hasMessageContaining("did you mean 'resnet32'");
  }

  @Test
  void impossibleSizesAreRejected() {
    assertThatThrownBy(() -> new CifarResNet(21)).hasMessageContaining("found 21");
    assertThatThrownBy(() -> new ResNet(20, ImageScale.CIFAR)).hasMessageContaining("found 20");
    assertThatThrownBy(() -> new Mlp(3, 0)).hasMessageContaining("[3, 0]");
    assertThatThrownBy(() -> new Vgg(13, ImageScale.CIFAR)).hasMessageContaining("found 13");
    assertThatThrownBy(() -> new DenseNet(List.of(2, 0), 4, ImageScale.CIFAR))
        .hasMessageContaining("[2, 0] and 4");
    assertThatThrownBy(() -> new DeepLinear(0, 10)).hasMessageContaining("found 0 of 10");
  }
}
