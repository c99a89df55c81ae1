package io.github.tfkfac.detection.roi;

import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.detection.profile.DetectorProfile.MaskTarget;
import io.github.tfkfac.detection.profile.DetectorProfile.RoiAlignment;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

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
  private static final int HEIGHT = 2;
  private static final int WIDTH = 3;

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

  /**
   * The targets of a batch's regions.
   *
   * @param bitmaps of the places for objects of every image, {@code [N, G, H, W]} with known N
   * @param sizes height and width of each image without padding, {@code [N, 2]}
   * @param regions {@code [P, 4]}
   * @param images which image a region is of, {@code [P]}
   * @param matched bitmap of each region, counted from the first of its image, {@code [P]}
   * @return between 0 and 1, {@code [P, size, size]}
   */
  public <T extends TNumber> Operand<T> targets(
      Ops tf,
      Operand<TUint8> bitmaps,
      Operand<TInt32> sizes,
      Operand<T> regions,
      Operand<TInt32> images,
      Operand<TInt32> matched) {
    Operand<TUint8> padded = rule == MaskTarget.SOFT ? repeatingEdges(tf, bitmaps, sizes) : bitmaps;
    Operand<TInt32> places = tf.gather(tf.shape(bitmaps), tf.constant(1), tf.constant(0));
    Operand<TInt32> extent = tf.slice(tf.shape(padded), tf.array(HEIGHT), tf.array(2));
    Operand<TUint8> all =
        tf.reshape(padded, tf.concat(List.of(tf.array(-1), extent), tf.constant(0)));
    return targets(tf, all, regions, tf.math.add(matched, tf.math.mul(images, places)));
  }

  /**
   * With each image's last row and column in its padding, so that a sample at the edge of an image
   * is what it would be without padding.
   *
   * @param sizes height and width of each image, {@code [N, 2]}
   */
  private static Operand<TUint8> repeatingEdges(
      Ops tf, Operand<TUint8> bitmaps, Operand<TInt32> sizes) {
    List<Operand<TUint8>> images = new ArrayList<>();
    for (int image = 0; image < bitmaps.shape().get(0); image++) {
      Operand<TInt32> size = row(tf, sizes, image);
      Operand<TUint8> rows =
          tf.gather(row(tf, bitmaps, image), limited(tf, bitmaps, HEIGHT, size), tf.constant(1));
      images.add(tf.gather(rows, limited(tf, bitmaps, WIDTH, size), tf.constant(2)));
    }
    return tf.stack(images);
  }

  /** {@code 0, 1, ...} along an axis, at most the image's last index. */
  private static Operand<TInt32> limited(
      Ops tf, Operand<TUint8> bitmaps, int axis, Operand<TInt32> size) {
    Operand<TInt32> one = tf.constant(1);
    Operand<TInt32> padded = tf.gather(tf.shape(bitmaps), tf.constant(axis), tf.constant(0));
    return tf.math.minimum(
        tf.range(tf.constant(0), padded, one), tf.math.sub(row(tf, size, axis - HEIGHT), one));
  }

  private static <U extends TType> Operand<U> row(Ops tf, Operand<U> rows, int index) {
    return tf.gather(rows, tf.constant(index), tf.constant(0));
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
