package io.github.tfkfac.detection.coco;

import io.github.tfkfac.detection.box.Box;
import java.util.List;
import java.util.Optional;

/**
 * An object that a detector found.
 *
 * @param imageId of the image
 * @param categoryId of the category
 * @param bbox its box as COCO's files state it
 * @param area in pixels, of the box or, if the box was derived from the mask, of the mask
 * @param score usually between 0 and 1; of a results file it can be any number, NaN comes last
 * @param mask of the size of the image, if masks are detected
 */
public record Detection(
    long imageId,
    long categoryId,
    CocoBox bbox,
    double area,
    double score,
    Optional<RunLengths> mask) {

  /**
   * With a box given by its edges, and that box's area.
   *
   * @throws IllegalArgumentException if the score is not finite
   */
  public Detection(
      long imageId, long categoryId, Box box, double score, Optional<RunLengths> mask) {
    this(imageId, categoryId, CocoBox.of(box), box.area(), finite(imageId, score), mask);
  }

  private static double finite(long imageId, double score) {
    if (!Double.isFinite(score)) {
      throw new IllegalArgumentException(
          "score of a detection in image " + imageId + " is " + score + ", expected a number");
    }
    return score;
  }

  /** With the mask's tight box and area. */
  public static Detection ofMask(long imageId, long categoryId, double score, RunLengths mask) {
    return new Detection(
        imageId, categoryId, mask.tightBox(), mask.area(), score, Optional.of(mask));
  }

  /** With the pixels of its box as the mask, in an image of that size. */
  public Detection withMaskOfBox(int height, int width) {
    Box edges = box();
    double[] outline = {
      edges.x1(), edges.y1(), edges.x1(), edges.y2(), edges.x2(), edges.y2(), edges.x2(), edges.y1()
    };
    return new Detection(
        imageId,
        categoryId,
        bbox,
        area,
        score,
        Optional.of(RunLengths.ofPolygons(List.of(outline), height, width)));
  }

  /** The box by its edges. */
  public Box box() {
    return bbox.edges();
  }
}
