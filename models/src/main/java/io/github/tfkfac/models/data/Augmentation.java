package io.github.tfkfac.models.data;

import java.util.random.RandomGenerator;

/** A random change of a training image, applied after scaling. */
@FunctionalInterface
public interface Augmentation {

  /**
   * Writes a changed {@code image} (HWC) to {@code target} from {@code offset} on. All randomness
   * comes from {@code random}, whose numbers depend on (seed, epoch, number of the image) alone.
   */
  void apply(float[] image, ImageShape shape, RandomGenerator random, float[] target, int offset);

  /** Leaves every image as it is. */
  static Augmentation none() {
    return (image, shape, random, target, offset) ->
        System.arraycopy(image, 0, target, offset, shape.valueCount());
  }
}
