package io.github.tfkfac.models.arch;

import io.github.tfkfac.models.layer.BatchNorm;
import io.github.tfkfac.models.layer.Convolution;
import io.github.tfkfac.models.layer.Dense;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.Padding;
import io.github.tfkfac.models.layer.Pooling;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/**
 * The densely connected network with bottlenecks and compression 0.5 (Huang et al., 2017, table 1,
 * "DenseNet-BC"): every layer sees the outputs of all layers before it in its block.
 *
 * <p>A layer is BatchNorm, ReLU, 1×1 convolution to four times the growth, BatchNorm, ReLU, 3×3
 * convolution to the growth, whose channels are added to its input's. A transition between blocks
 * halves channels, height and width.
 *
 * <p>Parameters are named as torchvision's: {@code features/conv0}, {@code norm0}, {@code
 * denseblock<i>/denselayer<j>/norm1}, {@code conv1}, {@code norm2}, {@code conv2}, {@code
 * transition<i>/norm}, {@code conv}, {@code features/norm5} for four blocks, {@code classifier}.
 *
 * @param layers layers of each block
 * @param growth channels that a layer adds
 * @param scale CIFAR starts with a 3×3 convolution of stride 1; IMAGENET with a 7×7 convolution,
 *     normalization and ReLU, and a 3×3 max pooling; convolution and pooling have stride 2
 */
public record DenseNet(List<Integer> layers, int growth, ImageScale scale) implements Architecture {

  private static final List<Integer> LAYERS_121 = List.of(6, 12, 24, 16);
  private static final int GROWTH_121 = 32;
  private static final int BOTTLENECK = 4;

  public DenseNet {
    layers = List.copyOf(layers);
    if (layers.isEmpty() || layers.stream().anyMatch(count -> count <= 0) || growth <= 0) {
      throw new IllegalArgumentException(
          "expected blocks of at least one layer and a growth of at least one channel for a"
              + " DenseNet, found "
              + layers
              + " and "
              + growth);
    }
  }

  /** DenseNet-121: blocks of 6, 12, 24 and 16 layers, growth 32. */
  public static DenseNet depth121(ImageScale scale) {
    return new DenseNet(LAYERS_121, GROWTH_121, scale);
  }

  /** Weighted layers: two in each layer of a block, one per transition, stem and classifier. */
  public int depth() {
    return 2 * layers.stream().mapToInt(Integer::intValue).sum() + layers.size() + 1;
  }

  @Override
  public String name() {
    return scale.named("densenet" + depth());
  }

  @Override
  public <T extends TNumber> Operand<T> logits(
      LayerContext<T> context, Operand<T> images, int classes) {
    LayerContext<T> features = context.in("features");
    Operand<T> activation = stem(features, images);
    for (int block = 1; block <= layers.size(); block++) {
      activation = block(features.in("denseblock" + block), activation, layers.get(block - 1));
      if (block < layers.size()) {
        activation = transition(features.in("transition" + block), activation);
      }
    }
    activation = rectified(features, "norm" + (layers.size() + 1), activation);
    return new Dense(classes)
        .apply(context.in("classifier"), Pooling.globalAverage(context.tf(), activation));
  }

  private <T extends TNumber> Operand<T> stem(LayerContext<T> features, Operand<T> images) {
    LayerContext<T> context = features.in("conv0");
    return switch (scale) {
      case CIFAR -> new Convolution(2 * growth, 3).apply(context, images);
      case IMAGENET -> {
        Convolution convolution = new Convolution(2 * growth, 7).withStride(2);
        Operand<T> activation = rectified(features, "norm0", convolution.apply(context, images));
        yield Pooling.max(features.tf(), activation, 3, 2, Padding.pixels(1));
      }
    };
  }

  private <T extends TNumber> Operand<T> block(
      LayerContext<T> context, Operand<T> input, int layerCount) {
    Operand<T> all = input;
    for (int i = 1; i <= layerCount; i++) {
      LayerContext<T> layer = context.in("denselayer" + i);
      Operand<T> narrow =
          new Convolution(BOTTLENECK * growth, 1)
              .apply(layer.in("conv1"), rectified(layer, "norm1", all));
      Operand<T> added =
          new Convolution(growth, 3).apply(layer.in("conv2"), rectified(layer, "norm2", narrow));
      all = context.tf().concat(List.of(all, added), context.tf().constant(3));
    }
    return all;
  }

  private static <T extends TNumber> Operand<T> transition(
      LayerContext<T> context, Operand<T> input) {
    int channels = Math.toIntExact(input.shape().get(3) / 2);
    Operand<T> halved =
        new Convolution(channels, 1).apply(context.in("conv"), rectified(context, "norm", input));
    return Pooling.average(context.tf(), halved, 2, 2, Padding.valid());
  }

  private static <T extends TNumber> Operand<T> rectified(
      LayerContext<T> context, String norm, Operand<T> input) {
    return context.tf().nn.relu(new BatchNorm().apply(context.in(norm), input));
  }
}
