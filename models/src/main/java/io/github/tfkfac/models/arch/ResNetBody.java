package io.github.tfkfac.models.arch;

import io.github.tfkfac.models.layer.Convolution;
import io.github.tfkfac.models.layer.Initializer;
import io.github.tfkfac.models.layer.Layer;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.Normalizer;
import io.github.tfkfac.models.layer.Padding;
import io.github.tfkfac.models.layer.Pooling;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/**
 * A residual network with projection shortcuts up to its last feature map, without a classifier (He
 * et al., 2016, table 1; the stride of a bottleneck is in its 3×3 convolution).
 *
 * <p>It has as many parts as stages and one more: the stem and the stages, each with half the
 * resolution and twice the width of the one before. Parameters are named as {@link ResNet}'s.
 *
 * @param block kind of the residual blocks
 * @param blocks blocks of each stage
 * @param width width of the stem and of the first stage
 * @param scale CIFAR starts with a 3×3 convolution of stride 1, IMAGENET with a 7×7 convolution and
 *     a 3×3 maximum, each of stride 2
 * @param residualStart strength of the residual branches before training
 * @param normalizer what follows the convolutions
 * @param frozenParts how many parts, from the stem on, keep their weights: 0 none, 1 the stem, 2
 *     the stem and the first stage
 */
public record ResNetBody(
    ResidualBlock block,
    List<Integer> blocks,
    int width,
    ImageScale scale,
    ResNet.ResidualStart residualStart,
    Normalizer normalizer,
    int frozenParts) {

  private static final int USUAL_WIDTH = 64;

  public ResNetBody {
    blocks = List.copyOf(blocks);
    if (blocks.isEmpty() || blocks.stream().anyMatch(count -> count < 1) || width < 1) {
      throw new IllegalArgumentException(
          "expected at least one stage of at least one block each and a positive width for a"
              + " ResNet, found blocks "
              + blocks
              + " of width "
              + width);
    }
    if (frozenParts < 0 || frozenParts > blocks.size() + 1) {
      throw new IllegalArgumentException(
          String.format(
              "expected 0 to %d frozen parts (the stem and %d stages), found %d",
              blocks.size() + 1, blocks.size(), frozenParts));
    }
  }

  /**
   * Feature maps of a pass.
   *
   * @param stem output of the stem
   * @param stages output of each stage; at the larger scale C2 to C5 of the literature, with
   *     strides 4, 8, 16 and 32
   */
  public record Features<T extends TNumber>(Operand<T> stem, List<Operand<T>> stages) {
    public Features {
      stages = List.copyOf(stages);
    }
  }

  /**
   * The network of a usual depth, for images of the larger scale, with batch normalization and
   * nothing frozen.
   *
   * @param depth 10, 18 or 34 (basic blocks), 14, 26, 50 or 101 (bottlenecks)
   */
  public static ResNetBody ofDepth(int depth) {
    List<Integer> blocks =
        switch (depth) {
          case 10, 14 -> List.of(1, 1, 1, 1);
          case 18, 26 -> List.of(2, 2, 2, 2);
          case 34, 50 -> List.of(3, 4, 6, 3);
          case 101 -> List.of(3, 4, 23, 3);
          default ->
              throw new IllegalArgumentException(
                  "expected depth 10, 14, 18, 26, 34, 50 or 101 for a ResNet, found " + depth);
        };
    boolean basic = List.of(10, 18, 34).contains(depth);
    return new ResNetBody(
        basic ? ResidualBlock.BASIC : ResidualBlock.BOTTLENECK,
        blocks,
        USUAL_WIDTH,
        ImageScale.IMAGENET,
        ResNet.ResidualStart.FULL,
        new Normalizer.Batch(),
        0);
  }

  /** The same with another number of channels in the first stage. */
  public ResNetBody withWidth(int other) {
    return new ResNetBody(block, blocks, other, scale, residualStart, normalizer, frozenParts);
  }

  /** The same for images of another scale. */
  public ResNetBody withScale(ImageScale other) {
    return new ResNetBody(block, blocks, width, other, residualStart, normalizer, frozenParts);
  }

  /** The same with another start of the residual branches. */
  public ResNetBody withResidualStart(ResNet.ResidualStart other) {
    return new ResNetBody(block, blocks, width, scale, other, normalizer, frozenParts);
  }

  /** The same with other normalizations. */
  public ResNetBody withNormalizer(Normalizer other) {
    return new ResNetBody(block, blocks, width, scale, residualStart, other, frozenParts);
  }

  /** The same with another number of parts, from the input on, that are not trained. */
  public ResNetBody withFrozenParts(int other) {
    return new ResNetBody(block, blocks, width, scale, residualStart, normalizer, other);
  }

  /** Output channels of each stage. */
  public List<Integer> channels() {
    return IntStream.range(0, blocks.size()).mapToObj(i -> block.channels(width << i)).toList();
  }

  /** Pixels of the image per pixel of each stage's output. */
  public List<Integer> strides() {
    int first =
        switch (scale) {
          case CIFAR -> 1;
          case IMAGENET -> 4;
        };
    return IntStream.range(0, blocks.size()).mapToObj(i -> first << i).toList();
  }

  /**
   * Adds one pass to a graph.
   *
   * <p><i>Shapes</i>: images {@code [N, H, W, C]}, of which only C must be known.
   *
   * @param context where to build; parameters are named below its path
   * @param images a batch of normalized images
   */
  public <T extends TNumber> Features<T> features(LayerContext<T> context, Operand<T> images) {
    Operand<T> stem = stem(part(context, 0), images);
    List<Operand<T>> stages = new ArrayList<>();
    Operand<T> activation = stem;
    for (int stage = 1; stage <= blocks.size(); stage++) {
      LayerContext<T> stageContext = part(context, stage).in("layer" + stage);
      for (int index = 0; index < blocks.get(stage - 1); index++) {
        int stride = stage > 1 && index == 0 ? 2 : 1;
        activation = residual(stageContext.in(Integer.toString(index)), activation, stage, stride);
      }
      stages.add(activation);
    }
    return new Features<>(stem, stages);
  }

  private <T extends TNumber> LayerContext<T> part(LayerContext<T> context, int part) {
    return part < frozenParts ? context.frozen() : context;
  }

  private Layer normalization(int part, Initializer gamma) {
    return (part < frozenParts ? normalizer.frozen() : normalizer).layer(gamma);
  }

  private <T extends TNumber> Operand<T> stem(LayerContext<T> context, Operand<T> images) {
    Layer normalization = normalization(0, Initializer.ones());
    return switch (scale) {
      case CIFAR ->
          ResidualBlock.rectified(context, 1, images, new Convolution(width, 3), normalization);
      case IMAGENET -> {
        Convolution convolution = new Convolution(width, 7).withStride(2);
        Operand<T> halved = ResidualBlock.rectified(context, 1, images, convolution, normalization);
        yield Pooling.max(context.tf(), halved, 3, 2, Padding.pixels(1));
      }
    };
  }

  private <T extends TNumber> Operand<T> residual(
      LayerContext<T> context, Operand<T> input, int stage, int stride) {
    int stageWidth = width << (stage - 1);
    Layer normalization = normalization(stage, Initializer.ones());
    Layer last = normalization(stage, lastGamma());
    Operand<T> branch = block.branch(context, input, stageWidth, stride, normalization, last);
    Operand<T> shortcut =
        shortcut(context, input, block.channels(stageWidth), stride, normalization);
    return context.tf().nn.relu(context.tf().math.add(branch, shortcut));
  }

  private static <T extends TNumber> Operand<T> shortcut(
      LayerContext<T> context, Operand<T> input, int channels, int stride, Layer normalization) {
    if (stride == 1 && input.shape().get(3) == channels) {
      return input;
    }
    LayerContext<T> projection = context.in("downsample");
    Convolution convolution = new Convolution(channels, 1).withStride(stride);
    return normalization.apply(projection.in("1"), convolution.apply(projection.in("0"), input));
  }

  private Initializer lastGamma() {
    return switch (residualStart) {
      case FULL -> Initializer.ones();
      case ZERO -> Initializer.zeros();
    };
  }
}
