package io.github.tfkfac.internal.factor;

import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.extension.FactorStructure.Blocks;
import io.github.tfkfac.internal.state.OrderedOps;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** Diagonal blocks of the sum of patch outer products of a convolution. */
final class PatchBlocks {

  /** The entries of a block are written out, then put together. */
  private static final int COPIES = 2;

  private PatchBlocks() {}

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
    WindowSlices<T> slices = new WindowSlices<>(tf, geometry, input);
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
