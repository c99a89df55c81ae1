package io.github.tfkfac.models.arch;

import io.github.tfkfac.models.layer.BatchNorm;
import io.github.tfkfac.models.layer.Convolution;
import io.github.tfkfac.models.layer.Dense;
import io.github.tfkfac.models.layer.Initializer;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.Padding;
import io.github.tfkfac.models.layer.Pooling;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/**
 * The wide residual network with projection shortcuts (He et al., 2016, table 1), where the stride
 * of a bottleneck is in its 3×3 convolution ("v1.5").
 *
 * <p>Parameters are named {@code conv1}, {@code bn1}, {@code layer<stage>/<block>/conv<i>}, {@code
 * bn<i>}, {@code downsample/0} and {@code downsample/1}, {@code fc}.
 *
 * @param depth weighted layers: 18, 34 (basic blocks), 50 or 101 (bottlenecks)
 * @param scale CIFAR starts with a 3×3 convolution of stride 1, IMAGENET with a 7×7 convolution and
 *     a 3×3 maximum, each of stride 2
 * @param residualStart strength of the residual branches before training
 */
public record ResNet(int depth, ImageScale scale, ResidualStart residualStart)
    implements Architecture {

  private static final int FIRST_WIDTH = 64;

  /** Strength of a residual branch before training: the initial value of its last gamma. */
  public enum ResidualStart {
    /** 1. */
    FULL,
    /** 0: every block starts as its shortcut (Goyal et al., 2017, section 5.1). */
    ZERO
  }

  public ResNet {
    if (!List.of(18, 34, 50, 101).contains(depth)) {
      throw new IllegalArgumentException(
          "expected depth 18, 34, 50 or 101 for a ResNet, found " + depth);
    }
  }

  /** With residual branches at full strength. */
  public ResNet(int depth, ImageScale scale) {
    this(depth, scale, ResidualStart.FULL);
  }

  public ResNet withResidualStart(ResidualStart newResidualStart) {
    return new ResNet(depth, scale, newResidualStart);
  }

  @Override
  public String name() {
    return scale.named("resnet" + depth);
  }

  @Override
  public <T extends TNumber> Operand<T> logits(
      LayerContext<T> context, Operand<T> images, int classes) {
    Operand<T> activation = stem(context, images);
    List<Integer> blocks = blocksPerStage();
    for (int stage = 1; stage <= blocks.size(); stage++) {
      LayerContext<T> stageContext = context.in("layer" + stage);
      for (int block = 0; block < blocks.get(stage - 1); block++) {
        int stride = stage > 1 && block == 0 ? 2 : 1;
        activation =
            block(
                stageContext.in(Integer.toString(block)),
                activation,
                FIRST_WIDTH << (stage - 1),
                stride);
      }
    }
    return new Dense(classes)
        .apply(context.in("fc"), Pooling.globalAverage(context.tf(), activation));
  }

  private List<Integer> blocksPerStage() {
    return switch (depth) {
      case 18 -> List.of(2, 2, 2, 2);
      case 101 -> List.of(3, 4, 23, 3);
      default -> List.of(3, 4, 6, 3);
    };
  }

  private ResidualBlock blockKind() {
    return depth < 50 ? ResidualBlock.BASIC : ResidualBlock.BOTTLENECK;
  }

  private <T extends TNumber> Operand<T> stem(LayerContext<T> context, Operand<T> images) {
    return switch (scale) {
      case CIFAR -> ResidualBlock.rectified(context, 1, images, new Convolution(FIRST_WIDTH, 3));
      case IMAGENET ->
          Pooling.max(
              context.tf(),
              ResidualBlock.rectified(
                  context, 1, images, new Convolution(FIRST_WIDTH, 7).withStride(2)),
              3,
              2,
              Padding.pixels(1));
    };
  }

  private <T extends TNumber> Operand<T> block(
      LayerContext<T> context, Operand<T> input, int width, int stride) {
    Operand<T> residual = blockKind().branch(context, input, width, stride, lastBatchNorm());
    Operand<T> shortcut = shortcut(context, input, blockKind().channels(width), stride);
    return context.tf().nn.relu(context.tf().math.add(residual, shortcut));
  }

  private static <T extends TNumber> Operand<T> shortcut(
      LayerContext<T> context, Operand<T> input, int channels, int stride) {
    if (stride == 1 && input.shape().get(3) == channels) {
      return input;
    }
    LayerContext<T> projection = context.in("downsample");
    Convolution convolution = new Convolution(channels, 1).withStride(stride);
    return new BatchNorm().apply(projection.in("1"), convolution.apply(projection.in("0"), input));
  }

  private BatchNorm lastBatchNorm() {
    return switch (residualStart) {
      case FULL -> new BatchNorm();
      case ZERO -> new BatchNorm().withScale(Initializer.zeros());
    };
  }
}
