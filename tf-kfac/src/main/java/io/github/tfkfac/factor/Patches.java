package io.github.tfkfac.factor;

import io.github.tfkfac.graph.ConvolutionGeometry;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** Input patches of a convolution, written out. */
final class Patches {

  private Patches() {}

  /**
   * Sum of patch outer products, {@code [patch, patch]}, from patches written out for one part of
   * the batch at a time.
   *
   * <p>Every part waits for the sum over the parts before it (a control dependency; nothing is
   * written): otherwise TensorFlow would hold the patches of all parts at once.
   *
   * @param parts into how many parts the batch is cut
   */
  static <T extends TNumber> Operand<T> sum(
      Ops tf, ConvolutionGeometry geometry, Operand<T> input, int parts) {
    if (parts == 1) {
      return Sums.gram(tf, extract(tf, geometry, input), geometry.patchSize());
    }
    Operand<TInt32> examples = Sums.size(tf, input, 0);
    Operand<TInt32> size =
        tf.math.floorDiv(tf.math.add(examples, tf.constant(parts - 1)), tf.constant(parts));
    Operand<T> sum = partSum(tf, geometry, input, examples, size, 0);
    for (int part = 1; part < parts; part++) {
      Ops after = tf.withControlDependencies(sum);
      sum = tf.math.add(sum, partSum(after, geometry, input, examples, size, part));
    }
    return sum;
  }

  /** Sum of all patches, {@code [patch]}. */
  static <T extends TNumber> Operand<T> total(
      Ops tf, ConvolutionGeometry geometry, Operand<T> input) {
    Operand<T> summedImage = tf.reduceSum(input, tf.constant(0), ReduceSum.keepDims(true));
    Operand<T> patches = extract(tf, geometry, summedImage);
    return Sums.total(tf, Sums.asRows(tf, patches, geometry.patchSize()));
  }

  private static <T extends TNumber> Operand<T> partSum(
      Ops tf,
      ConvolutionGeometry geometry,
      Operand<T> input,
      Operand<TInt32> examples,
      Operand<TInt32> size,
      int part) {
    Operand<TInt32> begin = tf.math.minimum(tf.math.mul(size, tf.constant(part)), examples);
    Operand<TInt32> length = tf.math.minimum(size, tf.math.sub(examples, begin));
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> all = tf.constant(-1);
    Operand<T> slice =
        tf.slice(
            input,
            tf.stack(List.of(begin, zero, zero, zero)),
            tf.stack(List.of(length, all, all, all)));
    return Sums.gram(tf, extract(tf, geometry, slice), geometry.patchSize());
  }

  /** {@code [examples, rows, columns, patch]} with the patch in order row, column, channel. */
  private static <T extends TNumber> Operand<T> extract(
      Ops tf, ConvolutionGeometry geometry, Operand<T> input) {
    return tf.image.extractImagePatches(
        input,
        List.of(1L, (long) geometry.kernelHeight(), (long) geometry.kernelWidth(), 1L),
        List.of(1L, (long) geometry.strideHeight(), (long) geometry.strideWidth(), 1L),
        List.of(1L, 1L, 1L, 1L),
        geometry.padding().name());
  }
}
