package io.github.tfkfac.detection.roi;

import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.detection.profile.DetectorProfile.MaskTarget;
import io.github.tfkfac.detection.profile.DetectorProfile.RoiAlignment;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TNumber;

/**
 * The ground truth of the mask head: each object's bitmap, averaged over the bins of its region.
 *
 * <p>SOFT: the averages, with as many samples per bin as pixels, the samples as in {@code LEGACY}
 * (torchvision). Its memory is that of a float32 bitmap per region. THRESHOLDED: 1 where the
 * average of 2 × 2 samples is at least a half, the samples as in {@code HALF_PIXEL} (MMDetection,
 * which takes as many samples as pixels).
 *
 * @param size bins per axis
 * @param rule which of the two
 */
public record MaskTargets(int size, MaskTarget rule) {

  private static final int SIZE = 28;

  public MaskTargets {
    RoiAlign.requireBins(size, size);
  }

  /** 28 × 28 bins. */
  public static MaskTargets of(DetectorProfile profile) {
    return new MaskTargets(SIZE, profile.maskTarget());
  }

  /**
   * The targets of every region.
   *
   * @param bitmaps 0 or 1, of the size of the image, {@code [G, H, W]}
   * @param regions {@code [P, 4]}
   * @param matched bitmap of each region, {@code [P]}
   * @return between 0 and 1, {@code [P, size, size]}
   */
  public <T extends TNumber> Operand<T> targets(
      Ops tf, Operand<TUint8> bitmaps, Operand<T> regions, Operand<TInt32> matched) {
    Operand<TFloat32> averages =
        switch (rule) {
          case SOFT ->
              new AdaptiveRoiAlign(size, size, RoiAlignment.LEGACY)
                  .pool(tf, bitmaps, regions, matched, 1);
          case THRESHOLDED -> thresholded(tf, bitmaps, regions, matched);
        };
    return tf.stopGradient(tf.dtypes.cast(averages, regions.type()));
  }

  private Operand<TFloat32> thresholded(
      Ops tf,
      Operand<TUint8> bitmaps,
      Operand<? extends TNumber> regions,
      Operand<TInt32> matched) {
    Operand<TUint8> maps = tf.expandDims(bitmaps, tf.constant(3));
    Operand<TFloat32> averages =
        new RoiAlign(size, size, RoiAlignment.HALF_PIXEL).means(tf, maps, regions, matched, 1);
    Operand<TFloat32> set =
        tf.dtypes.cast(tf.math.greaterEqual(averages, tf.constant(0.5f)), TFloat32.class);
    return tf.reshape(set, tf.constant(new int[] {-1, size, size}));
  }
}
