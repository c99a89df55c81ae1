package io.github.tfkfac.detection.roi;

import io.github.tfkfac.detection.profile.DetectorProfile.RoiAlignment;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * RoIAlign of maps without channels, with ⌈side / bins⌉ samples per bin: both axes are independent,
 * so that with the weights of the pixels in the bins of an axis {@code result = Y · map · Xᵀ}.
 *
 * <p><i>Numerics</i>: float32, no gradient. Takes the memory of a map for each region.
 *
 * @param height bins from top to bottom
 * @param width bins from left to right
 * @param alignment where the samples lie
 */
record AdaptiveRoiAlign(int height, int width, RoiAlignment alignment) {

  AdaptiveRoiAlign {
    RoiAlign.requireBins(height, width);
  }

  /**
   * The bins of every region.
   *
   * @param maps {@code [N, H, W]}
   * @param boxes {@code [R, 4]}
   * @param images which map each box is on, {@code [R]}
   * @param scale map pixels per unit of the boxes
   * @return {@code [R, height, width]}
   */
  Operand<TFloat32> pool(
      Ops tf,
      Operand<? extends TNumber> maps,
      Operand<? extends TNumber> boxes,
      Operand<TInt32> images,
      double scale) {
    Operand<TFloat32> single = tf.dtypes.cast(boxes, TFloat32.class);
    Operand<TInt32> size = tf.shape(maps);
    Operand<TFloat32> y = weights(tf, single, size, scale, 1);
    Operand<TFloat32> x = weights(tf, single, size, scale, 0);
    Operand<TFloat32> mapOfRegion =
        tf.dtypes.cast(tf.gather(maps, images, tf.constant(0)), TFloat32.class);
    Operand<TFloat32> rows = tf.train.batchMatMul(y, mapOfRegion, TFloat32.class);
    return tf.train.batchMatMul(rows, x, TFloat32.class, BatchMatMul.adjY(true));
  }

  /** Weights of the pixels of an axis in its bins, {@code [R, bins, pixels]}. */
  private Operand<TFloat32> weights(
      Ops tf, Operand<TFloat32> boxes, Operand<TInt32> size, double scale, int axis) {
    int bins = axis == 0 ? width : height;
    Operand<TInt32> pixels = tf.gather(size, tf.constant(axis == 0 ? 2 : 1), tf.constant(0));
    SampleGrid<TFloat32> grid = SampleGrid.of(tf, boxes, scale, alignment, axis);
    Operand<TFloat32> binLength = grid.spacing(tf, bins);
    Operand<TFloat32> number = tf.math.ceil(binLength);
    Operand<TFloat32> ranks = upTo(tf, number);

    Operand<TFloat32> perBin = column(tf, number);
    Operand<TFloat32> inBin = tf.math.divNoNan(tf.math.add(ranks, tf.constant(0.5f)), perBin);
    Operand<TFloat32> binIndices =
        tf.reshape(
            tf.range(tf.constant(0f), tf.constant((float) bins), tf.constant(1f)),
            tf.constant(new int[] {1, -1, 1}));
    Operand<TFloat32> positions =
        tf.math.add(
            column(tf, grid.start()),
            tf.math.mul(column(tf, binLength), tf.math.add(binIndices, inBin)));
    Operand<TFloat32> share =
        tf.math.divNoNan(tf.dtypes.cast(tf.math.less(ranks, perBin), TFloat32.class), perBin);
    return scattered(tf, Interpolation.of(tf, positions, pixels), share, pixels);
  }

  /** Adds the weights of all samples at their pixels. */
  private static Operand<TFloat32> scattered(
      Ops tf, Interpolation<TFloat32> samples, Operand<TFloat32> share, Operand<TInt32> pixels) {
    Operand<TInt32> shape = tf.shape(samples.low());
    Operand<TInt32> regions = tf.gather(shape, tf.constant(0), tf.constant(0));
    Operand<TInt32> bins = tf.gather(shape, tf.constant(1), tf.constant(0));
    Operand<TInt32> rows =
        tf.math.add(
            tf.math.mul(index(tf, regions, new int[] {-1, 1, 1}), bins),
            index(tf, bins, new int[] {1, -1, 1}));
    Operand<TInt32> cells = tf.math.mul(rows, pixels);
    Operand<TInt32> indices =
        tf.stack(List.of(tf.math.add(cells, samples.low()), tf.math.add(cells, samples.high())));
    Operand<TFloat32> values =
        tf.stack(
            List.of(
                tf.math.mul(samples.lowWeight(), share), tf.math.mul(samples.highWeight(), share)));
    Operand<TInt32> total = tf.math.mul(tf.math.mul(regions, bins), pixels);
    Operand<TFloat32> flat =
        tf.scatterNd(
            tf.expandDims(indices, tf.constant(-1)),
            values,
            tf.reshape(total, tf.constant(new int[] {1})));
    return tf.reshape(flat, tf.stack(List.of(regions, bins, pixels)));
  }

  private static Operand<TInt32> index(Ops tf, Operand<TInt32> count, int[] shape) {
    return tf.reshape(tf.range(tf.constant(0), count, tf.constant(1)), tf.constant(shape));
  }

  /** 0, 1, ... below the largest number, {@code [1, 1, largest]}. */
  private static Operand<TFloat32> upTo(Ops tf, Operand<TFloat32> number) {
    Operand<TFloat32> largest =
        tf.math.maximum(tf.reduceMax(number, tf.constant(0)), tf.constant(1f));
    return tf.reshape(
        tf.range(tf.constant(0f), largest, tf.constant(1f)), tf.constant(new int[] {1, 1, -1}));
  }

  private static Operand<TFloat32> column(Ops tf, Operand<TFloat32> values) {
    return tf.reshape(values, tf.constant(new int[] {-1, 1, 1}));
  }
}
