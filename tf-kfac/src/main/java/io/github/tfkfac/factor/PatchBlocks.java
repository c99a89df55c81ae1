package io.github.tfkfac.factor;

import io.github.tfkfac.graph.ConvolutionGeometry;
import io.github.tfkfac.graph.FactorStructure.Blocks;
import io.github.tfkfac.state.OrderedOps;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** Diagonal blocks of the sum of patch outer products of a convolution. */
final class PatchBlocks {

  private PatchBlocks() {}

  /** One part of the batch for one block. */
  private record Piece(int block, int part) {}

  /**
   * The blocks in the structure's shape; only the patch entries of one block are written out at a
   * time, and those for so small a part of the batch that they take at most {@value
   * Patches#LARGEST_GROWTH} times the memory of the input.
   */
  static <T extends TNumber> Operand<T> sums(
      Ops tf, ConvolutionGeometry geometry, Bias bias, Blocks structure, Operand<T> input) {
    int blockSize = structure.blockSize();
    int size = geometry.patchSize() + bias.entries();
    int pixel = geometry.inputChannels() * geometry.strideHeight() * geometry.strideWidth();
    int parts =
        (int) Math.ceil(Math.min(blockSize, size) / ((double) pixel * Patches.LARGEST_GROWTH));
    List<Piece> pieces = new ArrayList<>();
    for (int block = 0; block < structure.count(); block++) {
      for (int part = 0; part < parts; part++) {
        pieces.add(new Piece(block, part));
      }
    }
    WindowSlices<T> slices = new WindowSlices<>(tf, geometry, input);
    List<List<Operand<T>>> sums = new ArrayList<>();
    for (int block = 0; block < structure.count(); block++) {
      sums.add(new ArrayList<>());
    }
    OrderedOps.chain(
        tf,
        pieces,
        (ops, piece) -> {
          int begin = piece.block() * blockSize;
          int end = Math.min(begin + blockSize, size);
          Operand<T> rows = slices.columns(ops, begin, end, piece.part(), parts);
          Operand<T> sum = Sums.products(ops, rows, rows);
          sums.get(piece.block()).add(sum);
          return List.of(sum);
        });
    int missing = structure.count() * blockSize - size;
    List<Operand<T>> blocks = new ArrayList<>();
    for (List<Operand<T>> ofBlock : sums) {
      Operand<T> sum = ofBlock.size() == 1 ? ofBlock.get(0) : tf.math.addN(ofBlock);
      boolean last = blocks.size() == structure.count() - 1;
      blocks.add(last && missing > 0 ? filled(tf, sum, missing) : sum);
    }
    return tf.stack(blocks);
  }

  private static <T extends TNumber> Operand<T> filled(Ops tf, Operand<T> sum, int missing) {
    return tf.pad(
        sum,
        tf.constant(new int[][] {{0, missing}, {0, missing}}),
        tf.dtypes.cast(tf.constant(0), sum.type()));
  }
}
