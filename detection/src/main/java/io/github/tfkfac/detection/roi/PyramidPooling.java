package io.github.tfkfac.detection.roi;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Features of regions, each from the level of a pyramid that fits its size; as a graph function.
 *
 * @param levels the level of a region
 * @param pooling on one level
 * @param strides pixels of the image per feature pixel of each level, finest first
 */
public record PyramidPooling(LevelMap levels, RoiPooling pooling, List<Integer> strides) {

  public PyramidPooling {
    strides = List.copyOf(strides);
  }

  /**
   * The features of every region; differentiable in {@code features} only.
   *
   * @param features of each level, {@code [N, H, W, C]} with known C
   * @param boxes in pixels of the image, {@code [R, 4]}
   * @param images which image of the batch each box is on, {@code [R]}
   * @return {@code [R, height, width, C]}
   */
  public <T extends TNumber> Operand<T> pool(
      Ops tf, List<Operand<T>> features, Operand<T> boxes, Operand<TInt32> images) {
    if (features.size() != strides.size()) {
      throw new IllegalArgumentException(
          "expected features of "
              + strides.size()
              + " levels, found "
              + features.size()
              + "; give one map per stride");
    }
    Operand<TInt32> level = levels.levels(tf, boxes);
    List<Operand<TInt32>> rows = new ArrayList<>();
    List<Operand<T>> pooled = new ArrayList<>();
    for (int l = 0; l < strides.size(); l++) {
      Operand<TInt32> onLevel =
          tf.reshape(
              tf.dtypes.cast(tf.where(tf.math.equal(level, tf.constant(l))), TInt32.class),
              tf.constant(new int[] {-1}));
      rows.add(onLevel);
      pooled.add(
          pooling.pool(
              tf,
              features.get(l),
              tf.gather(boxes, onLevel, tf.constant(0)),
              tf.gather(images, onLevel, tf.constant(0)),
              1.0 / strides.get(l)));
    }
    long[] shape = {
      boxes.shape().get(0), pooling.height(), pooling.width(), features.get(0).shape().get(3)
    };
    return tf.reshape(tf.dynamicStitch(rows, pooled), tf.constant(shape));
  }
}
