package io.github.tfkfac.detection.roi;

import io.github.tfkfac.detection.profile.DetectorProfile.RoiAlignment;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * RoIAlign with a fixed number of samples by gathering the four neighbors of each: the same as
 * {@link RoiAlign}, in any precision, at several times its memory. For checks in float64.
 *
 * @param height bins from top to bottom
 * @param width bins from left to right
 * @param samples per bin and axis
 * @param alignment where the samples lie
 */
public record RoiAlignGather(int height, int width, int samples, RoiAlignment alignment)
    implements RoiPooling {

  public RoiAlignGather {
    RoiAlign.requireBins(height, width);
    if (samples < 1) {
      throw new IllegalArgumentException(
          "expected at least one sample per bin of RoIAlign, found " + samples);
    }
  }

  @Override
  public <T extends TNumber> Operand<T> pool(
      Ops tf, Operand<T> features, Operand<T> boxes, Operand<TInt32> images, double scale) {
    Interpolation<T> y = axis(tf, features, boxes, scale, 1);
    Interpolation<T> x = axis(tf, features, boxes, scale, 0);
    Neighbors<T> top = new Neighbors<>(y.low(), y.lowWeight());
    Neighbors<T> bottom = new Neighbors<>(y.high(), y.highWeight());
    Neighbors<T> left = new Neighbors<>(x.low(), x.lowWeight());
    Neighbors<T> right = new Neighbors<>(x.high(), x.highWeight());
    Operand<T> upper =
        tf.math.add(
            weighted(tf, features, images, top, left), weighted(tf, features, images, top, right));
    Operand<T> lower =
        tf.math.add(
            weighted(tf, features, images, bottom, left),
            weighted(tf, features, images, bottom, right));
    Operand<TInt32> channels = tf.gather(tf.shape(features), tf.constant(3), tf.constant(0));
    Operand<TInt32> shape =
        tf.stack(
            List.of(
                tf.constant(-1),
                tf.constant(height),
                tf.constant(samples),
                tf.constant(width),
                tf.constant(samples),
                channels));
    return tf.math.mean(
        tf.reshape(tf.math.add(upper, lower), shape), tf.constant(new int[] {2, 4}));
  }

  /**
   * Pixels next to the samples along one axis.
   *
   * @param indices {@code [R, samples]}
   * @param weights {@code [R, samples]}
   */
  private record Neighbors<T extends TNumber>(Operand<TInt32> indices, Operand<T> weights) {}

  private static <T extends TNumber> Operand<T> weighted(
      Ops tf,
      Operand<T> features,
      Operand<TInt32> images,
      Neighbors<T> rows,
      Neighbors<T> columns) {
    Operand<TInt32> y = tf.expandDims(rows.indices, tf.constant(2));
    Operand<TInt32> x = tf.expandDims(columns.indices, tf.constant(1));
    Operand<TInt32> zero = tf.zerosLike(tf.math.add(y, x));
    Operand<TInt32> image = tf.reshape(images, tf.constant(new int[] {-1, 1, 1}));
    Operand<TInt32> indices =
        tf.stack(
            List.of(tf.math.add(image, zero), tf.math.add(y, zero), tf.math.add(x, zero)),
            Stack.axis(-1L));
    Operand<T> weights =
        tf.math.mul(
            tf.expandDims(rows.weights, tf.constant(2)),
            tf.expandDims(columns.weights, tf.constant(1)));
    return tf.math.mul(tf.gatherNd(features, indices), tf.expandDims(weights, tf.constant(-1)));
  }

  /** Positions of the samples along one axis, {@code [R, samples]}. */
  private <T extends TNumber> Interpolation<T> axis(
      Ops tf, Operand<T> features, Operand<T> boxes, double scale, int axis) {
    int count = samples * (axis == 0 ? width : height);
    SampleGrid<T> grid = SampleGrid.of(tf, boxes, scale, alignment, axis);
    Operand<TInt32> ranks = tf.range(tf.constant(0), tf.constant(count), tf.constant(1));
    Operand<T> positions =
        tf.math.add(
            tf.expandDims(grid.first(tf, count), tf.constant(1)),
            tf.math.mul(
                tf.expandDims(grid.spacing(tf, count), tf.constant(1)),
                tf.dtypes.cast(ranks, features.type())));
    return Interpolation.of(
        tf,
        positions,
        tf.gather(tf.shape(features), tf.constant(axis == 0 ? 2 : 1), tf.constant(0)));
  }
}
