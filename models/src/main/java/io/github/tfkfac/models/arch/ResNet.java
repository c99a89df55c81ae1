package io.github.tfkfac.models.arch;

import io.github.tfkfac.models.layer.Dense;
import io.github.tfkfac.models.layer.LayerContext;
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

  /** The same with another start of the residual branches. */
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
    List<Operand<T>> stages = body().features(context, images).stages();
    Operand<T> last = stages.get(stages.size() - 1);
    return new Dense(classes).apply(context.in("fc"), Pooling.globalAverage(context.tf(), last));
  }

  /** The network without its classifier. */
  public ResNetBody body() {
    return ResNetBody.ofDepth(depth).withScale(scale).withResidualStart(residualStart);
  }
}
