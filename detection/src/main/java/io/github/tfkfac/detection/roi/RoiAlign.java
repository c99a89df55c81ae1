package io.github.tfkfac.detection.roi;

import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.detection.profile.DetectorProfile.RoiAlignment;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * RoIAlign with two samples per bin and axis by TensorFlow's {@code CropAndResize}.
 *
 * <p>With S = 2·bins samples at distance d = length / S from the first at f, on a map that is
 * padded by its own edge: {@code CropAndResize} of the normalized box from {@code (f + 1) / (H +
 * 1)} to {@code (f + 1 + d (S − 1)) / (H + 1)}, then the mean of 2 × 2 samples. The padding makes
 * samples beyond the edge those of the edge, up to one pixel; farther ones are 0.
 *
 * <p><i>Numerics</i>: float32, whatever the type of the features. On a GPU the gradient is summed
 * in no fixed order.
 *
 * @param height bins from top to bottom
 * @param width bins from left to right
 * @param alignment where the samples lie
 */
public record RoiAlign(int height, int width, RoiAlignment alignment) implements RoiPooling {

  private static final int SAMPLES = 2;
  private static final String REPLICATE_EDGE = "SYMMETRIC";

  public RoiAlign {
    requireBins(height, width);
  }

  static void requireBins(int height, int width) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "expected at least one bin per axis of RoIAlign, found " + height + " x " + width);
    }
  }

  /** The box head's 7 × 7 bins. */
  public static RoiAlign forBoxes(DetectorProfile profile) {
    return new RoiAlign(7, 7, profile.roiAlignment());
  }

  /** The mask head's 14 × 14 bins. */
  public static RoiAlign forMasks(DetectorProfile profile) {
    return new RoiAlign(14, 14, profile.roiAlignment());
  }

  @Override
  public <T extends TNumber> Operand<T> pool(
      Ops tf, Operand<T> features, Operand<T> boxes, Operand<TInt32> images, double scale) {
    Operand<TFloat32> single = tf.dtypes.cast(features, TFloat32.class);
    return tf.dtypes.cast(means(tf, single, boxes, images, scale), features.type());
  }

  /** The features in float32, of a map of any type; differentiable if that is float32. */
  <T extends TNumber> Operand<TFloat32> means(
      Ops tf,
      Operand<T> features,
      Operand<? extends TNumber> boxes,
      Operand<TInt32> images,
      double scale) {
    Operand<TFloat32> crops =
        crop(tf, features, tf.dtypes.cast(boxes, TFloat32.class), images, scale);
    List<Long> window = List.of(1L, (long) SAMPLES, (long) SAMPLES, 1L);
    return tf.nn.avgPool(crops, window, window, "VALID");
  }

  /** The samples, {@code [R, 2 height, 2 width, C]}. */
  private <T extends TNumber> Operand<TFloat32> crop(
      Ops tf, Operand<T> features, Operand<TFloat32> boxes, Operand<TInt32> images, double scale) {
    Operand<T> padded =
        tf.mirrorPad(
            features, tf.constant(new int[][] {{0, 0}, {1, 1}, {1, 1}, {0, 0}}), REPLICATE_EDGE);
    List<Operand<TFloat32>> y = span(tf, features, boxes, scale, 1);
    List<Operand<TFloat32>> x = span(tf, features, boxes, scale, 0);
    Operand<TFloat32> normalized =
        tf.stack(List.of(y.get(0), x.get(0), y.get(1), x.get(1)), Stack.axis(1L));
    return tf.image.cropAndResize(
        padded, normalized, images, tf.constant(new int[] {SAMPLES * height, SAMPLES * width}));
  }

  /** Normalized positions of the first and of the last sample along an axis. */
  private List<Operand<TFloat32>> span(
      Ops tf,
      Operand<? extends TNumber> features,
      Operand<TFloat32> boxes,
      double scale,
      int axis) {
    int samples = SAMPLES * (axis == 0 ? width : height);
    SampleGrid<TFloat32> grid = SampleGrid.of(tf, boxes, scale, alignment, axis);
    Operand<TFloat32> one = tf.constant(1f);
    Operand<TInt32> size =
        tf.gather(tf.shape(features), tf.constant(axis == 0 ? 2 : 1), tf.constant(0));
    Operand<TFloat32> extent = tf.math.add(tf.dtypes.cast(size, TFloat32.class), one);
    Operand<TFloat32> first = tf.math.add(grid.first(tf, samples), one);
    Operand<TFloat32> last =
        tf.math.add(
            first, tf.math.mul(grid.spacing(tf, samples), tf.constant((float) (samples - 1))));
    return List.of(tf.math.div(first, extent), tf.math.div(last, extent));
  }
}
