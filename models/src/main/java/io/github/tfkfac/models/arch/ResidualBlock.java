package io.github.tfkfac.models.arch;

import io.github.tfkfac.models.layer.Convolution;
import io.github.tfkfac.models.layer.Layer;
import io.github.tfkfac.models.layer.LayerContext;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/** The two kinds of residual block of He et al. (2016), figure 5. */
public enum ResidualBlock {
  /** Two 3×3 convolutions, the first with the stride. */
  BASIC(1) {
    @Override
    <T extends TNumber> Operand<T> branch(
        LayerContext<T> context,
        Operand<T> input,
        int width,
        int stride,
        Layer normalization,
        Layer last) {
      Convolution first = new Convolution(width, 3).withStride(stride);
      Operand<T> hidden = rectified(context, 1, input, first, normalization);
      return normalized(context, 2, hidden, new Convolution(width, 3), last);
    }
  },

  /** 1×1, 3×3 with the stride, and 1×1 to four times the width. */
  BOTTLENECK(4) {
    @Override
    <T extends TNumber> Operand<T> branch(
        LayerContext<T> context,
        Operand<T> input,
        int width,
        int stride,
        Layer normalization,
        Layer last) {
      Operand<T> reduced = rectified(context, 1, input, new Convolution(width, 1), normalization);
      Convolution middle = new Convolution(width, 3).withStride(stride);
      Operand<T> hidden = rectified(context, 2, reduced, middle, normalization);
      return normalized(context, 3, hidden, new Convolution(channels(width), 1), last);
    }
  };

  private final int expansion;

  ResidualBlock(int expansion) {
    this.expansion = expansion;
  }

  /** Output channels of a block of this width. */
  public int channels(int width) {
    return expansion * width;
  }

  /**
   * The residual branch, before the shortcut is added.
   *
   * @param normalization the layer behind every convolution but the last
   * @param last the layer that ends the branch
   */
  abstract <T extends TNumber> Operand<T> branch(
      LayerContext<T> context,
      Operand<T> input,
      int width,
      int stride,
      Layer normalization,
      Layer last);

  /** Convolution {@code conv<index>} and normalization {@code bn<index>}, followed by ReLU. */
  static <T extends TNumber> Operand<T> rectified(
      LayerContext<T> context,
      int index,
      Operand<T> input,
      Convolution convolution,
      Layer normalization) {
    return context.tf().nn.relu(normalized(context, index, input, convolution, normalization));
  }

  private static <T extends TNumber> Operand<T> normalized(
      LayerContext<T> context,
      int index,
      Operand<T> input,
      Convolution convolution,
      Layer normalization) {
    Operand<T> output = convolution.apply(context.in("conv" + index), input);
    return normalization.apply(context.in("bn" + index), output);
  }
}
