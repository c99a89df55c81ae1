package io.github.tfkfac.models.train;

/**
 * Loss and accuracy of a classifier over a data set.
 *
 * @param images number of images
 * @param correct number of correctly classified images
 * @param loss mean loss over the images
 */
public record ClassificationMetrics(long images, long correct, double loss) {

  public ClassificationMetrics {
    if (images <= 0 || correct < 0 || correct > images) {
      throw new IllegalArgumentException(
          "expected 0 <= correct <= images and images > 0 in an evaluation, found "
              + correct
              + " of "
              + images);
    }
  }

  /** Fraction of the images that were correctly classified, 0 to 1. */
  public double accuracy() {
    return correct / (double) images;
  }
}
