package io.github.tfkfac.models.arch;

import io.github.tfkfac.models.layer.BatchNorm;
import io.github.tfkfac.models.layer.Convolution;
import io.github.tfkfac.models.layer.LayerContext;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/** The two kinds of residual block of He et al. (2016), figure 5. */
enum ResidualBlock {
  /** Two 3×3 convolutions, the first with the stride. */
  BASIC(1) {
    @Override
    <T extends TNumber> Operand<T> branch(
        LayerContext<T> context, Operand<T> input, int width, int stride, BatchNorm last) {
      Operand<T> hidden =
          rectified(context, 1, input, new Convolution(width, 3).withStride(stride));
      return normalised(context, 2, hidden, new Convolution(width, 3), last);
    }
  },

  /** 1×1, 3×3 with the stride, and 1×1 to four times the width. */
  BOTTLENECK(4) {
    @Override
    <T extends TNumber> Operand<T> branch(
        LayerContext<T> context, Operand<T> input, int width, int stride, BatchNorm last) {
      Operand<T> reduced = rectified(context, 1, input, new Convolution(width, 1));
      Operand<T> hidden =
          rectified(context, 2, reduced, new Convolution(width, 3).withStride(stride));
      return normalised(context, 3, hidden, new Convolution(channels(width), 1), last);
    }
  };

  private final int expansion;

  ResidualBlock(int expansion) {
    this.expansion = expansion;
  }

  /** Output channels of a block of this width. */
  int channels(int width) {
    return expansion * width;
  }

  /**
   * The residual branch, before the shortcut is added.
   *
   * @param last the BatchNorm that ends the branch
   */
  abstract <T extends TNumber> Operand<T> branch(
      LayerContext<T> context, Operand<T> input, int width, int stride, BatchNorm last);

  /** Convolution {@code conv<index>} and the usual BatchNorm {@code bn<index>}, rectified. */
  static <T extends TNumber> Operand<T> rectified(
      LayerContext<T> context, int index, Operand<T> input, Convolution convolution) {
    return context.tf().nn.relu(normalised(context, index, input, convolution, new BatchNorm()));
  }

  private static <T extends TNumber> Operand<T> normalised(
      LayerContext<T> context,
      int index,
      Operand<T> input,
      Convolution convolution,
      BatchNorm batchNorm) {
    Operand<T> output = convolution.apply(context.in("conv" + index), input);
    return batchNorm.apply(context.in("bn" + index), output);
  }
}
