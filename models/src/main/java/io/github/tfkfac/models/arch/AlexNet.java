package io.github.tfkfac.models.arch;

import io.github.tfkfac.models.layer.Bias;
import io.github.tfkfac.models.layer.Convolution;
import io.github.tfkfac.models.layer.Dense;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.Padding;
import io.github.tfkfac.models.layer.Pooling;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/**
 * Five convolutions with ReLU, three max-pooling layers among them, and a fully connected
 * classifier, in the one-column form of Krizhevsky, "One weird trick for parallelizing
 * convolutional neural networks" (2014), without local response normalization.
 *
 * <p>At the scale of ImageNet this is torchvision's network: the first convolution 11×11 with
 * stride 4, max pooling over 3×3 with stride 2, three fully connected layers with dropout. At the
 * scale of CIFAR and SVHN, for which there is no published original, it is the form that is usual
 * for 32×32 images: the same convolutions with the first padded to 8×8 outputs, max pooling over
 * 2×2 down to one pixel, and one fully connected layer of 256 inputs; 2.47 million parameters for
 * ten classes.
 *
 * <p>Parameters are named {@code features/<i>}, counting rectifiers and maxima, and {@code
 * classifier} or {@code classifier/<i>}.
 *
 * @param scale the size of its images
 */
public record AlexNet(ImageScale scale) implements Architecture {

  @Override
  public String name() {
    return scale.named("alexnet");
  }

  @Override
  public <T extends TNumber> Operand<T> logits(
      LayerContext<T> context, Operand<T> images, int classes) {
    int firstPadding = scale == ImageScale.CIFAR ? 5 : 2;
    Operand<T> activation =
        rectified(
            context,
            0,
            images,
            new Convolution(64, 11).withStride(4).withPadding(Padding.pixels(firstPadding)));
    activation = pooled(context, activation);
    activation = rectified(context, 3, activation, new Convolution(192, 5));
    activation = pooled(context, activation);
    activation = rectified(context, 6, activation, new Convolution(384, 3));
    activation = rectified(context, 8, activation, new Convolution(256, 3));
    activation = rectified(context, 10, activation, new Convolution(256, 3));
    activation = pooled(context, activation);
    return switch (scale) {
      case CIFAR -> new Dense(classes).apply(context.in("classifier"), activation);
      case IMAGENET -> WideClassifier.DROPOUT_FIRST.logits(context, activation, classes);
    };
  }

  private static <T extends TNumber> Operand<T> rectified(
      LayerContext<T> context, int index, Operand<T> input, Convolution convolution) {
    LayerContext<T> layer = context.in("features").in(Integer.toString(index));
    return context.tf().nn.relu(convolution.withBias(Bias.ZERO_AT_START).apply(layer, input));
  }

  private <T extends TNumber> Operand<T> pooled(LayerContext<T> context, Operand<T> input) {
    int size = scale == ImageScale.CIFAR ? 2 : 3;
    return Pooling.max(context.tf(), input, size, 2, Padding.valid());
  }
}
