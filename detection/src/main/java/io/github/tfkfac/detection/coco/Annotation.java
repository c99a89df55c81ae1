package io.github.tfkfac.detection.coco;

import io.github.tfkfac.detection.box.Box;
import java.util.Optional;

/**
 * An object in an image of a COCO data set.
 *
 * @param id unique in the data set
 * @param imageId of the image it is in
 * @param categoryId of its category
 * @param bbox its box as the file states it
 * @param area of the segmentation in pixels, as the file states it
 * @param crowd whether it stands for a group of objects
 * @param segmentation outline or mask, if stated
 */
public record Annotation(
    long id,
    long imageId,
    long categoryId,
    CocoBox bbox,
    double area,
    boolean crowd,
    Optional<Segmentation> segmentation) {

  /** With a box given by its edges. */
  public Annotation(
      long id,
      long imageId,
      long categoryId,
      Box box,
      double area,
      boolean crowd,
      Optional<Segmentation> segmentation) {
    this(id, imageId, categoryId, CocoBox.of(box), area, crowd, segmentation);
  }

  /** The box by its edges. */
  public Box box() {
    return bbox.edges();
  }

  /** The same without outline or mask. */
  Annotation withoutSegmentation() {
    return new Annotation(id, imageId, categoryId, bbox, area, crowd, Optional.empty());
  }
}
