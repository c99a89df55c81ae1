package io.github.tfkfac.models.arch;

import io.github.tfkfac.models.layer.BatchNorm;
import io.github.tfkfac.models.layer.Convolution;
import io.github.tfkfac.models.layer.Dense;
import io.github.tfkfac.models.layer.Initializer;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.Pooling;
import io.github.tfkfac.models.layer.Shortcut;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/**
 * The thin residual network for 32×32 images (He et al., 2016, section 4.2): three stages of 16, 32
 * and 64 channels with parameterless shortcuts (option A).
 *
 * <p>Parameters are named {@code conv1}, {@code bn1}, {@code layer<stage>/<block>/conv<i>} and
 * {@code bn<i>}, {@code linear}.
 *
 * @param depth weighted layers, {@code 6 n + 2} with n blocks per stage: 8, 20, 32, 44, 56, 110
 */
public record CifarResNet(int depth) implements Architecture {

  private static final int STAGES = 3;
  private static final int FIRST_CHANNELS = 16;

  public CifarResNet {
    if (depth < 8 || (depth - 2) % 6 != 0) {
      throw new IllegalArgumentException(
          "expected depth 6 n + 2 for a CIFAR ResNet (8, 20, 32, 44, 56, 110), found " + depth);
    }
  }

  @Override
  public String name() {
    return "resnet" + depth;
  }

  @Override
  public <T extends TNumber> Operand<T> logits(
      LayerContext<T> context, Operand<T> images, int classes) {
    Operand<T> activation =
        ResidualBlock.rectified(
            context, 1, images, new Convolution(FIRST_CHANNELS, 3), new BatchNorm());
    for (int stage = 1; stage <= STAGES; stage++) {
      LayerContext<T> stageContext = context.in("layer" + stage);
      for (int block = 0; block < (depth - 2) / 6; block++) {
        int stride = stage > 1 && block == 0 ? 2 : 1;
        activation =
            block(
                stageContext.in(Integer.toString(block)),
                activation,
                FIRST_CHANNELS << (stage - 1),
                stride);
      }
    }
    return new Dense(classes)
        .withInitializer(Initializer.heNormal())
        .apply(context.in("linear"), Pooling.globalAverage(context.tf(), activation));
  }

  private static <T extends TNumber> Operand<T> block(
      LayerContext<T> context, Operand<T> input, int channels, int stride) {
    Operand<T> residual =
        ResidualBlock.BASIC.branch(
            context, input, channels, stride, new BatchNorm(), new BatchNorm());
    Operand<T> shortcut =
        stride == 1 ? input : Shortcut.subsampledAndZeroPadded(context.tf(), input, channels);
    return context.tf().nn.relu(context.tf().math.add(residual, shortcut));
  }
}
