package io.github.tfkfac.detection.coco;

import java.util.List;

/** The outline or mask of an object. */
public sealed interface Segmentation {

  /**
   * Polygons whose union is the object.
   *
   * @param parts each {@code x0, y0, x1, y1, ...} in pixels
   */
  record Polygons(List<double[]> parts) implements Segmentation {
    public Polygons {
      parts = List.copyOf(parts);
    }
  }

  /**
   * A mask.
   *
   * @param mask of the size of the image
   */
  record Mask(RunLengths mask) implements Segmentation {}
}
