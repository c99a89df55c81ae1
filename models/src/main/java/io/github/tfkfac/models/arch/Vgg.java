package io.github.tfkfac.models.arch;

import io.github.tfkfac.models.layer.BatchNorm;
import io.github.tfkfac.models.layer.Bias;
import io.github.tfkfac.models.layer.Convolution;
import io.github.tfkfac.models.layer.Dense;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.Padding;
import io.github.tfkfac.models.layer.Pooling;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/**
 * The network of stacked 3×3 convolutions of Simonyan and Zisserman (2015), table 1, columns A, D
 * and E, with a BatchNorm behind every convolution. Five maxima of stride 2 lead to 1/32 of the
 * image's height and width.
 *
 * <p>Convolutions have a bias although BatchNorm removes it again, as in torchvision's {@code
 * vgg11_bn}, {@code vgg16_bn} and {@code vgg19_bn}, whose weights fit: parameters are named {@code
 * features/<i>} and {@code classifier/<i>}, counting rectifiers, maxima and dropouts.
 *
 * @param depth weighted layers of the published network: 11, 16 or 19
 * @param scale CIFAR has one dense layer, named {@code classifier}; IMAGENET has three, of 4096
 *     units and with dropout
 */
public record Vgg(int depth, ImageScale scale) implements Architecture {

  private static final List<Integer> CHANNELS = List.of(64, 128, 256, 512, 512);

  public Vgg {
    if (!List.of(11, 16, 19).contains(depth)) {
      throw new IllegalArgumentException(
          "expected depth 11, 16 or 19 for a VGG network, found " + depth);
    }
  }

  @Override
  public String name() {
    return scale.named("vgg" + depth);
  }

  @Override
  public <T extends TNumber> Operand<T> logits(
      LayerContext<T> context, Operand<T> images, int classes) {
    Operand<T> activation = images;
    List<Integer> convolutions = convolutionsPerStage();
    int index = 0;
    for (int stage = 0; stage < CHANNELS.size(); stage++) {
      for (int i = 0; i < convolutions.get(stage); i++) {
        activation = convolution(context.in("features"), index, activation, CHANNELS.get(stage));
        index += 3;
      }
      activation = Pooling.max(context.tf(), activation, 2, 2, Padding.valid());
      index++;
    }
    return switch (scale) {
      case CIFAR -> new Dense(classes).apply(context.in("classifier"), activation);
      case IMAGENET -> WideClassifier.RECTIFIER_FIRST.logits(context, activation, classes);
    };
  }

  private static <T extends TNumber> Operand<T> convolution(
      LayerContext<T> features, int index, Operand<T> input, int channels) {
    Convolution convolution = new Convolution(channels, 3).withBias(Bias.ZERO_AT_START);
    Operand<T> output = convolution.apply(features.in(Integer.toString(index)), input);
    return features
        .tf()
        .nn
        .relu(new BatchNorm().apply(features.in(Integer.toString(index + 1)), output));
  }

  private List<Integer> convolutionsPerStage() {
    return switch (depth) {
      case 11 -> List.of(1, 1, 2, 2, 2);
      case 16 -> List.of(2, 2, 3, 3, 3);
      default -> List.of(2, 2, 4, 4, 4);
    };
  }
}
