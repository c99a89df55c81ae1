package io.github.tfkfac.internal.factor;

import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.internal.capture.ImagePatches;
import java.util.List;
import java.util.function.BiFunction;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** Input patches of a convolution, written out. */
final class Patches {

  /** Largest memory of patches, as a multiple of the memory of the input. */
  static final int LARGEST_GROWTH = 2;

  private Patches() {}

  /** Into how many parts to cut the batch so that the patches of one are not too many. */
  static int parts(ConvolutionGeometry geometry, Operand<?> input) {
    if (geometry.isDilated()) {
      int window = geometry.kernelHeight() * geometry.kernelWidth();
      return Math.max(1, -Math.floorDiv(-window, LARGEST_GROWTH));
    }
    WindowAxis vertical = WindowAxis.of(geometry.column(), Sums.staticSize(input, 1));
    WindowAxis horizontal = WindowAxis.of(geometry.row(), Sums.staticSize(input, 2));
    double growth = vertical.patchGrowth() * horizontal.patchGrowth();
    return Math.max(1, (int) Math.ceil(growth / LARGEST_GROWTH));
  }

  /**
   * Sum of patch outer products, {@code [patch, patch]}, from patches written out for one part of
   * the batch at a time.
   */
  static <T extends TNumber> Operand<T> sum(
      Ops tf, ConvolutionGeometry geometry, Operand<T> input, int parts) {
    return sum(
        tf,
        geometry,
        input,
        parts,
        (ops, patches) -> Sums.gram(ops, patches, geometry.patchSize()));
  }

  /**
   * Sum over the batch of what {@code summand} makes of patches, for one part of the batch at a
   * time.
   *
   * <p>Every part waits for the sum over the parts before it (a control dependency; nothing is
   * written): otherwise TensorFlow would hold the patches of all parts at once.
   *
   * @param summand of {@code [examples, rows, columns, patch]} with the patch in order row, column,
   *     channel
   */
  static <T extends TNumber> Operand<T> sum(
      Ops tf,
      ConvolutionGeometry geometry,
      Operand<T> input,
      int parts,
      BiFunction<Ops, Operand<T>, Operand<T>> summand) {
    if (parts == 1) {
      return summand.apply(tf, ImagePatches.of(tf, geometry, input));
    }
    Operand<TInt32> examples = Sums.size(tf, input, 0);
    Operand<TInt32> size =
        tf.math.floorDiv(tf.math.add(examples, tf.constant(parts - 1)), tf.constant(parts));
    Operand<T> sum =
        summand.apply(tf, ImagePatches.of(tf, geometry, part(tf, input, examples, size, 0)));
    for (int part = 1; part < parts; part++) {
      Ops after = tf.withControlDependencies(sum);
      Operand<T> patches =
          ImagePatches.of(after, geometry, part(after, input, examples, size, part));
      sum = tf.math.add(sum, summand.apply(after, patches));
    }
    return sum;
  }

  /** Sum of all patches, {@code [patch]}. */
  static <T extends TNumber> Operand<T> total(
      Ops tf, ConvolutionGeometry geometry, Operand<T> input) {
    Operand<T> summedImage = tf.reduceSum(input, tf.constant(0), ReduceSum.keepDims(true));
    Operand<T> patches = ImagePatches.of(tf, geometry, summedImage);
    return Sums.total(tf, Sums.asRows(tf, patches, geometry.patchSize()));
  }

  /**
   * Sum of every example's patches, {@code [examples, patch]}.
   *
   * @param input images, with any number of them of an example between
   */
  static <T extends TNumber> Operand<T> ofExamples(
      Ops tf, ConvolutionGeometry geometry, Operand<T> input, Operand<TInt32> examples) {
    Operand<T> totals = totals(tf, geometry, ImagePatches.flat(tf, input));
    return input.shape().isUnknown() || input.shape().numDimensions() == 4
        ? totals
        : Sums.overPositions(tf, Sums.byExample(tf, totals, examples, geometry.patchSize()));
  }

  /**
   * Sum of every image's patches, {@code [images, patch]}, without writing them out: the sum over
   * the positions on one axis is a product with the matrix that counts how often a kernel entry
   * sees a pixel.
   */
  private static <T extends TNumber> Operand<T> totals(
      Ops tf, ConvolutionGeometry geometry, Operand<T> input) {
    Operand<TInt32> examples = Sums.size(tf, input, 0);
    Operand<TInt32> height = Sums.size(tf, input, 1);
    Operand<TInt32> width = Sums.size(tf, input, 2);
    Operand<T> vertical = sightings(tf, geometry.column(), height, input);
    Operand<T> horizontal = sightings(tf, geometry.row(), width, input);
    Operand<T> lines = tf.reshape(input, tf.stack(List.of(examples, height, tf.constant(-1))));
    Operand<T> summedLines =
        tf.reshape(
            product(tf, vertical, lines),
            tf.stack(List.of(tf.constant(-1), width, tf.constant(geometry.inputChannels()))));
    return tf.reshape(product(tf, horizontal, summedLines), tf.array(-1, geometry.patchSize()));
  }

  /** {@code [size, kernel]}: how often an entry of the kernel lies on an entry of the axis. */
  private static <T extends TNumber> Operand<T> sightings(
      Ops tf, ConvolutionGeometry axis, Operand<TInt32> size, Operand<T> like) {
    Operand<T> units =
        tf.oneHot(
            tf.range(tf.constant(0), size, tf.constant(1)),
            size,
            tf.constantOfSameType(like, 1),
            tf.constantOfSameType(like, 0));
    Operand<T> columns = tf.expandDims(tf.expandDims(units, tf.constant(-1)), tf.constant(-1));
    Operand<T> patches = ImagePatches.of(tf, axis, columns);
    return tf.reduceSum(patches, tf.array(1, 2));
  }

  private static <T extends TNumber> Operand<T> product(
      Ops tf, Operand<T> transposed, Operand<T> matrices) {
    return tf.train.batchMatMul(transposed, matrices, matrices.type(), BatchMatMul.adjX(true));
  }

  private static <T extends TNumber> Operand<T> part(
      Ops tf, Operand<T> input, Operand<TInt32> examples, Operand<TInt32> size, int part) {
    Operand<TInt32> begin = tf.math.minimum(tf.math.mul(size, tf.constant(part)), examples);
    Operand<TInt32> length = tf.math.minimum(size, tf.math.sub(examples, begin));
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> all = tf.constant(-1);
    return tf.slice(
        input,
        tf.stack(List.of(begin, zero, zero, zero)),
        tf.stack(List.of(length, all, all, all)));
  }
}
