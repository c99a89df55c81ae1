package io.github.tfkfac.internal.factor;

import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.FactorStructure.Diagonal;
import io.github.tfkfac.extension.FactorStructure.Identity;
import io.github.tfkfac.extension.FactorStructure.Stack;
import io.github.tfkfac.extension.SecondMoments;
import io.github.tfkfac.internal.capture.ImagePatches;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Second moments of a grouped convolution: one pair of matrices per group of channels.
 *
 * <p>Group q reads the input channels from {@code q·inputChannels} on and writes the output
 * channels from {@code q·outputChannels} on.
 *
 * <p><i>Shapes</i>: input {@code [N, ..., height, width, groups·inputChannels]}, gradient {@code
 * [N, ..., outHeight, outWidth, groups·outputChannels]}, any of N, height and width unknown when
 * the graph is built. {@code inputSum} is {@code [groups, patch(+1), patch(+1)]} with the patch in
 * the order kernel row, kernel column, channel; {@code gradientSum} is {@code [groups,
 * outputChannels, outputChannels]}. <i>Memory</i>: patches are written out, and sorted by group,
 * for so small a part of the batch at a time that both take at most {@value Patches#LARGEST_GROWTH}
 * times the memory of the input.
 *
 * @param geometry of one group
 */
public record GroupedMoments(ConvolutionGeometry geometry, int groups, Bias bias)
    implements LayerMoments {

  /** Patches are written out, then sorted by group. */
  private static final int COPIES = 2;

  public GroupedMoments {
    if (groups <= 0) {
      throw new IllegalArgumentException(
          "expected a grouped convolution with groups > 0, found " + groups);
    }
  }

  @Override
  public <T extends TNumber> SecondMoments<T> of(
      Ops tf, Operand<T> input, Operand<T> gradient, Kept kept) {
    Operand<T> images = ImagePatches.flat(tf, input);
    Sums.requireRank("input", images, 4);
    Sums.requireLast("input", input, (long) groups * geometry.inputChannels());
    Sums.requireLast("output gradient", gradient, (long) groups * geometry.outputChannels());
    Operand<T> g = tf.reshape(gradient, tf.array(-1, groups, geometry.outputChannels()));
    Operand<T> rows = Sums.count(tf, g, 0);
    return new SecondMoments<>(
        inputSum(tf, images, rows, kept.input()),
        Sums.kept(tf, g, kept.gradient()),
        rows,
        Sums.count(tf, gradient, 0));
  }

  @Override
  public <T extends TNumber> LayerRows<T> reduced(Ops tf, Operand<T> input, Operand<T> gradient) {
    int outputs = geometry.outputChannels();
    Operand<TInt32> examples = Sums.size(tf, gradient, 0);
    Operand<T> g = Sums.byExample(tf, gradient, examples, groups * outputs);
    Operand<T> positions = Sums.count(tf, g, 1);
    Operand<T> ofExamples = Patches.ofExamples(tf, allGroups(), input, examples);
    Operand<T> means = tf.math.div(ofExamples, positions);
    Operand<T> summed = tf.reshape(Sums.overPositions(tf, g), tf.array(-1, groups, outputs));
    return LayerRows.of(tf, byGroup(tf, means), bias, summed, positions);
  }

  private <T extends TNumber> Operand<T> inputSum(
      Ops tf, Operand<T> input, Operand<T> rows, FactorStructure kept) {
    if (kept instanceof Stack) {
      int parts = COPIES * Patches.parts(geometry, input);
      Operand<T> sums = Patches.sum(tf, allGroups(), input, parts, this::products);
      return withBias(tf, sums, input, rows);
    }
    if (kept instanceof Diagonal diagonal) {
      Operand<T> squares = patchTotal(tf, tf.math.square(input));
      if (bias == Bias.PRESENT) {
        squares = tf.concat(List.of(squares, tf.fill(tf.array(groups, 1), rows)), tf.constant(1));
      }
      return tf.reshape(squares, tf.array(diagonal.size()));
    }
    if (kept instanceof Identity) {
      return Sums.nothing(tf, input.type());
    }
    throw Sums.unfit("a stack of matrices", kept);
  }

  /** {@code [groups, patch, patch]} of patches over the channels of all groups. */
  private <T extends TNumber> Operand<T> products(Ops tf, Operand<T> patches) {
    Operand<T> byGroup =
        tf.reshape(
            tf.linalg.transpose(split(tf, patches), tf.array(2, 0, 1, 3)),
            tf.array(groups, -1, geometry.patchSize()));
    return tf.train.batchMatMul(byGroup, byGroup, patches.type(), BatchMatMul.adjX(true));
  }

  /**
   * The input sum in full of {@code rows} patches.
   *
   * @param sums {@code [groups, patch, patch]}
   */
  <T extends TNumber> Operand<T> withBias(
      Ops tf, Operand<T> sums, Operand<T> input, Operand<T> rows) {
    return bias == Bias.ABSENT
        ? sums
        : Sums.bordered(tf, sums, patchTotal(tf, input), tf.fill(tf.array(groups, 1, 1), rows));
  }

  /** Sum of every group's patches, {@code [groups, patch]}. */
  private <T extends TNumber> Operand<T> patchTotal(Ops tf, Operand<T> input) {
    Operand<T> total = byGroup(tf, Patches.total(tf, allGroups(), input));
    return tf.reshape(total, tf.array(groups, geometry.patchSize()));
  }

  /** {@code [rows, groups, patch]} of patches over the channels of all groups. */
  private <T extends TNumber> Operand<T> byGroup(Ops tf, Operand<T> patches) {
    return tf.reshape(
        tf.linalg.transpose(split(tf, patches), tf.array(0, 2, 1, 3)),
        tf.array(-1, groups, geometry.patchSize()));
  }

  /** {@code [rows, window, groups, channels]}. */
  private <T extends TNumber> Operand<T> split(Ops tf, Operand<T> patches) {
    int window = geometry.kernelHeight() * geometry.kernelWidth();
    return tf.reshape(patches, tf.array(-1, window, groups, geometry.inputChannels()));
  }

  /** The convolution of the whole image, of which the groups are parts. */
  private ConvolutionGeometry allGroups() {
    return geometry.withChannels(
        groups * geometry.inputChannels(), groups * geometry.outputChannels());
  }
}
