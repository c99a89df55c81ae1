package io.github.tfkfac.internal.factor;

import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.FactorStructure.Blocks;
import io.github.tfkfac.extension.FactorStructure.Diagonal;
import io.github.tfkfac.extension.FactorStructure.Full;
import io.github.tfkfac.extension.FactorStructure.Identity;
import io.github.tfkfac.extension.SecondMoments;
import io.github.tfkfac.internal.capture.ImagePatches;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.StridedSlice;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Second moments of a two-dimensional convolution, one row for every example and output position.
 *
 * <p><i>Shapes</i>: input {@code [N, ..., height, width, inputChannels]} with any number of images
 * of an example between, gradient {@code [N, ..., outHeight, outWidth, outputChannels]}; N, height
 * and width may be unknown when the graph is built. {@code inputSum} is {@code [patch(+1),
 * patch(+1)]} with the patch in the order kernel row, kernel column, channel; {@code gradientSum}
 * is {@code [outputChannels, outputChannels]}, both in full.
 *
 * <p><i>Cost</i> of the full input sum: the first that applies of: a 1×1 kernel is a dense layer;
 * correlations of the image with itself ({@link ShiftedCorrelations}), if nothing is dilated,
 * height and width are known and these take at most half the multiplications of patches; patches
 * written out for so small a part of the batch at a time that they take at most {@value
 * Patches#LARGEST_GROWTH} times the memory of the input. All give the same sums to rounding.
 * Diagonal blocks are computed one after the other from the patch entries of their rows, written
 * out within the same bound; a diagonal costs little more than squaring the input.
 */
public record ConvolutionMoments(ConvolutionGeometry geometry, Bias bias) implements LayerMoments {

  @Override
  public <T extends TNumber> SecondMoments<T> of(
      Ops tf, Operand<T> input, Operand<T> gradient, Kept kept) {
    Operand<T> images = ImagePatches.flat(tf, input);
    Sums.requireRank("input", images, 4);
    Sums.requireLast("input", input, geometry.inputChannels());
    Sums.requireLast("output gradient", gradient, geometry.outputChannels());
    Operand<T> g = Sums.asRows(tf, gradient, geometry.outputChannels());
    Operand<T> rows = Sums.count(tf, g, 0);
    return new SecondMoments<>(
        inputSum(tf, images, rows, kept.input()),
        Sums.kept(tf, g, kept.gradient()),
        rows,
        Sums.count(tf, gradient, 0));
  }

  @Override
  public <T extends TNumber> LayerRows<T> reduced(Ops tf, Operand<T> input, Operand<T> gradient) {
    Operand<TInt32> examples = Sums.size(tf, gradient, 0);
    Operand<T> g = Sums.byExample(tf, gradient, examples, geometry.outputChannels());
    Operand<T> positions = Sums.count(tf, g, 1);
    Operand<T> ofExamples = Patches.ofExamples(tf, geometry, input, examples);
    Operand<T> means = tf.math.div(ofExamples, positions);
    return LayerRows.of(tf, means, bias, Sums.overPositions(tf, g), positions);
  }

  private <T extends TNumber> Operand<T> inputSum(
      Ops tf, Operand<T> input, Operand<T> rows, FactorStructure kept) {
    if (kept instanceof Full) {
      Operand<T> sum = patchSum(tf, input);
      return bias == Bias.ABSENT
          ? sum
          : Sums.bordered(
              tf, sum, Patches.total(tf, geometry, input), tf.reshape(rows, tf.array(1, 1)));
    }
    if (kept instanceof Blocks blocks) {
      return isSinglePixel()
          ? Sums.kept(tf, pixels(tf, input), bias, kept)
          : PatchBlocks.sums(tf, geometry, bias, blocks, input);
    }
    if (kept instanceof Diagonal) {
      Operand<T> squares = Patches.total(tf, geometry, tf.math.square(input));
      return bias == Bias.ABSENT ? squares : Sums.withCount(tf, squares, rows);
    }
    if (kept instanceof Identity) {
      return Sums.nothing(tf, input.type());
    }
    throw Sums.unfit("one matrix", kept);
  }

  private <T extends TNumber> Operand<T> patchSum(Ops tf, Operand<T> input) {
    if (isSinglePixel()) {
      Operand<T> pixels = pixels(tf, input);
      return Sums.products(tf, pixels, pixels);
    }
    if (geometry.isDilated()) {
      return Patches.sum(tf, geometry, input, Patches.parts(geometry, input));
    }
    WindowAxis vertical = WindowAxis.of(geometry.column(), Sums.staticSize(input, 1));
    WindowAxis horizontal = WindowAxis.of(geometry.row(), Sums.staticSize(input, 2));
    if (isKnown(input)
        && vertical.shiftedWork() * horizontal.shiftedWork()
            <= vertical.patchWork() * horizontal.patchWork()) {
      return ShiftedCorrelations.sum(tf, geometry, vertical, horizontal, input);
    }
    return Patches.sum(tf, geometry, input, Patches.parts(geometry, input));
  }

  private static boolean isKnown(Operand<?> image) {
    return Sums.staticSize(image, 1) != Shape.UNKNOWN_SIZE
        && Sums.staticSize(image, 2) != Shape.UNKNOWN_SIZE;
  }

  private boolean isSinglePixel() {
    return geometry.kernelHeight() == 1 && geometry.kernelWidth() == 1;
  }

  /** Input of a 1×1 kernel, one row per position. */
  private <T extends TNumber> Operand<T> pixels(Ops tf, Operand<T> input) {
    if (geometry.strideHeight() == 1 && geometry.strideWidth() == 1) {
      return Sums.asRows(tf, input, geometry.inputChannels());
    }
    Operand<T> seen =
        tf.stridedSlice(
            input,
            tf.constant(new int[4]),
            tf.constant(new int[4]),
            tf.array(1, geometry.strideHeight(), geometry.strideWidth(), 1),
            StridedSlice.endMask(0b1111L));
    return Sums.asRows(tf, seen, geometry.inputChannels());
  }
}
