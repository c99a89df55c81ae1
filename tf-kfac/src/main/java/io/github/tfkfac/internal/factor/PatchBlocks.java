package io.github.tfkfac.internal.factor;

import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.extension.ConvolutionGeometry.Padding;
import io.github.tfkfac.extension.FactorStructure.Blocks;
import io.github.tfkfac.internal.state.OrderedOps;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.StridedSlice;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Diagonal blocks of the sum of patch outer products of a convolution, of single columns of the
 * matrix of patches: what an entry of the kernel sees at every output position is a strided slice
 * of the padded image. Sizes are worked out when the graph runs.
 */
final class PatchBlocks<T extends TNumber> {

  /** The entries of a block are written out, then put together. */
  private static final int COPIES = 2;

  private final ConvolutionGeometry geometry;
  private final Operand<T> padded;
  private final Operand<TInt32> examples;
  private final Axis vertical;
  private final Axis horizontal;

  /**
   * One axis of the image.
   *
   * @param span distance from the first seen entry to behind the last one
   */
  private record Axis(
      Operand<TInt32> outputs,
      Operand<TInt32> before,
      Operand<TInt32> after,
      Operand<TInt32> span) {

    static Axis of(Ops tf, Operand<TInt32> size, int extent, int stride, Padding padding) {
      Operand<TInt32> zero = tf.constant(0);
      int shortage = padding == Padding.SAME ? 1 : extent;
      Operand<TInt32> outputs =
          tf.math.floorDiv(tf.math.add(size, tf.constant(stride - shortage)), tf.constant(stride));
      Operand<TInt32> span =
          tf.math.add(
              tf.math.mul(tf.math.sub(outputs, tf.constant(1)), tf.constant(stride)),
              tf.constant(1));
      if (padding == Padding.VALID) {
        return new Axis(outputs, zero, zero, span);
      }
      Operand<TInt32> total =
          tf.math.maximum(tf.math.sub(tf.math.add(span, tf.constant(extent - 1)), size), zero);
      Operand<TInt32> before = tf.math.floorDiv(total, tf.constant(2));
      return new Axis(outputs, before, tf.math.sub(total, before), span);
    }
  }

  private PatchBlocks(Ops tf, ConvolutionGeometry geometry, Operand<T> input) {
    this.geometry = geometry;
    this.examples = Sums.size(tf, input, 0);
    this.vertical = axis(tf, input, 1, geometry.extentHeight(), geometry.strideHeight());
    this.horizontal = axis(tf, input, 2, geometry.extentWidth(), geometry.strideWidth());
    this.padded = geometry.padding() == Padding.VALID ? input : padded(tf, input);
  }

  /**
   * The blocks in the structure's shape.
   *
   * <p><i>Memory</i>: besides the padded input, the patch entries of one block at a time, and those
   * for so small a part of the batch that they take at most {@value Patches#LARGEST_GROWTH} times
   * the memory of the input. <i>Cost</i>: {@code 2·rows·size·blockSize} operations.
   */
  static <T extends TNumber> Operand<T> sums(
      Ops tf, ConvolutionGeometry geometry, Bias bias, Blocks structure, Operand<T> input) {
    int blockSize = structure.blockSize();
    int size = geometry.patchSize() + bias.entries();
    double pixel = geometry.inputChannels() * geometry.strideHeight() * geometry.strideWidth();
    double growth = COPIES * Math.min(blockSize, size) / pixel;
    int parts = (int) Math.ceil(growth / Patches.LARGEST_GROWTH);
    PatchBlocks<T> slices = new PatchBlocks<>(tf, geometry, input);
    List<Operand<T>> blocks = new ArrayList<>();
    Ops current = tf;
    for (int begin = 0; begin < size; begin += blockSize) {
      int end = Math.min(begin + blockSize, size);
      List<Operand<T>> sums = new ArrayList<>();
      for (int part = 0; part < parts; part++) {
        Operand<T> rows = slices.columns(current, begin, end, part, parts);
        Operand<T> sum = Sums.products(current, rows, rows);
        sums.add(sum);
        current = OrderedOps.after(current, List.of(sum));
      }
      Operand<T> block = Sums.added(tf, sums);
      blocks.add(filled(tf, block, blockSize - (end - begin)));
    }
    return tf.stack(blocks);
  }

  private Axis axis(Ops tf, Operand<T> input, int dimension, int extent, int stride) {
    return Axis.of(tf, Sums.size(tf, input, dimension), extent, stride, geometry.padding());
  }

  private Operand<T> padded(Ops tf, Operand<T> input) {
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> paddings =
        tf.stack(
            List.of(
                tf.stack(List.of(zero, zero)),
                tf.stack(List.of(vertical.before(), vertical.after())),
                tf.stack(List.of(horizontal.before(), horizontal.after())),
                tf.stack(List.of(zero, zero))));
    return tf.pad(input, paddings, tf.constantOfSameType(input, 0));
  }

  /**
   * The columns from {@code begin} to {@code end}, {@code [rows, end - begin]}, for one part of the
   * batch; a column behind the last patch entry is 1.
   */
  private Operand<T> columns(Ops tf, int begin, int end, int part, int parts) {
    Operand<TInt32> size =
        tf.math.floorDiv(tf.math.add(examples, tf.constant(parts - 1)), tf.constant(parts));
    Operand<TInt32> first = tf.math.minimum(tf.math.mul(size, tf.constant(part)), examples);
    Operand<TInt32> behind = tf.math.minimum(tf.math.add(first, size), examples);
    int channels = geometry.inputChannels();
    List<Operand<T>> columns = new ArrayList<>();
    for (int column = begin; column < Math.min(end, geometry.patchSize()); ) {
      int offset = column / channels;
      int next = Math.min(end, (offset + 1) * channels);
      int channel = column % channels;
      columns.add(seen(tf, first, behind, offset, channel, channel + next - column));
      column = next;
    }
    if (end > geometry.patchSize()) {
      Operand<TInt32> positions = tf.math.mul(vertical.outputs(), horizontal.outputs());
      Operand<TInt32> rows = tf.math.mul(tf.math.sub(behind, first), positions);
      columns.add(
          tf.fill(
              tf.stack(List.of(rows, tf.constant(end - geometry.patchSize()))),
              tf.constantOfSameType(padded, 1)));
    }
    return Sums.joined(tf, columns, 1);
  }

  private Operand<T> seen(
      Ops tf,
      Operand<TInt32> first,
      Operand<TInt32> behind,
      int offset,
      int channel,
      int behindChannel) {
    Operand<TInt32> row = tf.constant(offset / geometry.kernelWidth() * geometry.dilationHeight());
    Operand<TInt32> column =
        tf.constant(offset % geometry.kernelWidth() * geometry.dilationWidth());
    Operand<T> slice =
        tf.stridedSlice(
            padded,
            tf.stack(List.of(first, row, column, tf.constant(channel))),
            tf.stack(
                List.of(
                    behind,
                    tf.math.add(row, vertical.span()),
                    tf.math.add(column, horizontal.span()),
                    tf.constant(behindChannel))),
            tf.array(1, geometry.strideHeight(), geometry.strideWidth(), 1),
            new StridedSlice.Options[0]);
    return Sums.asRows(tf, slice, behindChannel - channel);
  }

  /** The block with rows and columns of zeros that its last entries are missing. */
  private static <T extends TNumber> Operand<T> filled(Ops tf, Operand<T> block, int missing) {
    return missing == 0
        ? block
        : tf.pad(
            block,
            tf.constant(new int[][] {{0, missing}, {0, missing}}),
            tf.constantOfSameType(block, 0));
  }
}
