package io.github.tfkfac.detection.assign;

/**
 * Number of examples of an image, anchors or regions, that are trained on.
 *
 * @param perImage examples in all
 * @param positiveShare largest share with an object among them; background fills up the rest
 */
public record SampleSize(int perImage, double positiveShare) {

  public SampleSize {
    if (perImage < 1 || !(positiveShare > 0 && positiveShare <= 1)) {
      throw new IllegalArgumentException(
          "expected at least 1 sample per image and a share with objects in (0, 1], found "
              + perImage
              + " and "
              + positiveShare);
    }
  }

  /** Largest number with an object. */
  public int mostPositives() {
    return (int) (perImage * positiveShare);
  }
}
