package io.github.tfkfac.detection.roi;

import io.github.tfkfac.detection.box.GraphBoxes;
import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.detection.profile.DetectorProfile.RoiAlignment;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * The pyramid level that a region's features come from: the larger the region, the coarser.
 *
 * <p><i>Shapes</i>: boxes {@code [R, 4]} to levels {@code [R]}, 0 for the finest.
 *
 * <p><i>Numerics</i>: float64; 1e-6 is added before rounding down. No gradient.
 */
public sealed interface LevelMap {

  /** Added so that sizes at a boundary are not rounded below it. */
  double MARGIN = 1e-6;

  /** The level of each box. */
  <T extends TNumber> Operand<TInt32> levels(Ops tf, Operand<T> boxes);

  /** COCO's four levels P2 to P5, in the profile's form; boundaries at 112, 224 and 448 pixels. */
  static LevelMap of(DetectorProfile profile) {
    return profile.roiAlignment() == RoiAlignment.LEGACY
        ? new Canonical(224, 4, 2, 5)
        : new FinestScale(56, 4);
  }

  /**
   * {@code ⌊k + log2(√(w h) / s) + 1e-6⌋}, limited to the levels there are.
   *
   * <p>Source: Lin et al., "Feature pyramid networks", 2017, equation 1.
   *
   * @param scale s, side of the boxes of level {@code level}
   * @param level k
   * @param lowest number of the finest level
   * @param highest number of the coarsest level
   */
  record Canonical(double scale, int level, int lowest, int highest) implements LevelMap {

    public Canonical {
      Sides.require(scale, highest - lowest + 1);
    }

    @Override
    public <T extends TNumber> Operand<TInt32> levels(Ops tf, Operand<T> boxes) {
      Operand<TFloat64> octaves =
          tf.math.add(Sides.octaves(tf, boxes, scale), tf.constant((double) level));
      Operand<TFloat64> margin = tf.math.add(octaves, tf.constant(MARGIN));
      return Sides.limited(
          tf, tf.math.sub(margin, tf.constant((double) lowest)), highest - lowest + 1);
    }
  }

  /**
   * {@code ⌊log2(√(w h) / s + 1e-6)⌋}, limited to the levels there are: MMDetection's form.
   *
   * @param scale s: boxes of sides up to 2 s are on the finest level
   * @param count number of levels
   */
  record FinestScale(double scale, int count) implements LevelMap {

    public FinestScale {
      Sides.require(scale, count);
    }

    @Override
    public <T extends TNumber> Operand<TInt32> levels(Ops tf, Operand<T> boxes) {
      Operand<TFloat64> ratio =
          tf.math.add(tf.math.div(Sides.mean(tf, boxes), tf.constant(scale)), tf.constant(MARGIN));
      return Sides.limited(tf, Sides.logarithm(tf, ratio), count);
    }
  }

  /** Sizes of boxes on a logarithmic scale. */
  final class Sides {

    private Sides() {}

    private static void require(double scale, int count) {
      if (!(scale > 0) || count < 1) {
        throw new IllegalArgumentException(
            "expected a positive scale and at least one level of regions, found scale "
                + scale
                + " and "
                + count
                + " levels");
      }
    }

    private static <T extends TNumber> Operand<TFloat64> mean(Ops tf, Operand<T> boxes) {
      List<Operand<TFloat64>> edges =
          GraphBoxes.edges(tf, tf.dtypes.cast(tf.stopGradient(boxes), TFloat64.class));
      Operand<TFloat64> area =
          tf.math.mul(
              tf.math.sub(edges.get(2), edges.get(0)), tf.math.sub(edges.get(3), edges.get(1)));
      return tf.math.sqrt(tf.math.maximum(area, tf.constant(0.0)));
    }

    private static <T extends TNumber> Operand<TFloat64> octaves(
        Ops tf, Operand<T> boxes, double scale) {
      return logarithm(tf, tf.math.div(mean(tf, boxes), tf.constant(scale)));
    }

    private static Operand<TFloat64> logarithm(Ops tf, Operand<TFloat64> value) {
      return tf.math.div(tf.math.log(value), tf.constant(Math.log(2)));
    }

    /** Limited before the conversion, since a box without area has a level of minus infinity. */
    private static Operand<TInt32> limited(Ops tf, Operand<TFloat64> level, int count) {
      Operand<TFloat64> within =
          tf.math.minimum(
              tf.math.maximum(tf.math.floor(level), tf.constant(0.0)), tf.constant(count - 1.0));
      return tf.dtypes.cast(within, TInt32.class);
    }
  }
}
