package io.github.tfkfac.models.data;

import java.util.random.RandomGenerator;

/**
 * A random change of a training image, in two steps: what part of the image is seen, and what is
 * done to it after scaling. All randomness comes from a generator whose numbers depend on (seed,
 * epoch, number of the image) alone; several threads may ask at once.
 */
@FunctionalInterface
public interface Augmentation {

  /** The bytes to be scaled, HWC in the data set's shape: the image as it is, unless overridden. */
  default byte[] view(ImageDataset data, int image, RandomGenerator random) {
    return data.image(image);
  }

  /** Writes a changed {@code image} (HWC) to {@code target} from {@code offset} on. */
  void apply(float[] image, ImageShape shape, RandomGenerator random, float[] target, int offset);

  /** Leaves every image as it is. */
  static Augmentation none() {
    return (image, shape, random, target, offset) ->
        System.arraycopy(image, 0, target, offset, shape.valueCount());
  }
}
