package io.github.tfkfac.detection.data;

import io.github.tfkfac.models.data.KeyedRandom;

/**
 * Random choice of the images that are mirrored, by seed, epoch and image id alone.
 *
 * @param probability between 0 (never) and 1 (always)
 * @param seed chooses the images
 */
public record RandomMirror(double probability, long seed) {

  /** Every second image on average, as in both published recipes. */
  public static final double PUBLISHED = 0.5;

  public RandomMirror {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException(
          "expected a probability of mirroring between 0 and 1, found " + probability);
    }
  }

  /** No image. */
  public static RandomMirror never() {
    return new RandomMirror(0, 0);
  }

  /** Whether the image is mirrored in the epoch. */
  public boolean mirrors(int epoch, long imageId) {
    return KeyedRandom.of(KeyedRandom.Use.AUGMENTATION, seed, epoch, imageId).nextDouble()
        < probability;
  }
}
