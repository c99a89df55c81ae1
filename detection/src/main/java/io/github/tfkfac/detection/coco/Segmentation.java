package io.github.tfkfac.detection.coco;

import io.github.tfkfac.models.text.Counts;
import java.util.Arrays;
import java.util.List;

/** The outline or mask of an object. */
public sealed interface Segmentation {

  /**
   * The object's pixels.
   *
   * @param height of the image
   * @param width of the image
   * @throws IllegalArgumentException if it is a mask of another size
   */
  RunLengths mask(int height, int width);

  /** The same in an image mirrored left to right. */
  Segmentation mirrored(int imageWidth);

  /**
   * Polygons whose union is the object.
   *
   * @param parts at least one, each {@code x0, y0, x1, y1, ...} in pixels, of at least three points
   */
  record Polygons(List<double[]> parts) implements Segmentation {
    private static final int LEAST_NUMBERS = 6;

    public Polygons {
      parts = List.copyOf(parts);
      if (parts.isEmpty()) {
        throw new IllegalArgumentException("no polygon, expected at least one");
      }
      parts.forEach(Polygons::checked);
    }

    /**
     * A part, if it is a polygon.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    static double[] checked(double[] part) {
      if (part.length % 2 != 0) {
        throw new IllegalArgumentException(
            "polygon of " + Counts.of(part.length, "number") + ", expected pairs of x and y");
      }
      if (part.length < LEAST_NUMBERS) {
        throw new IllegalArgumentException(
            "polygon of " + part.length / 2 + " points, expected at least 3");
      }
      if (!Arrays.stream(part).allMatch(Double::isFinite)) {
        throw new IllegalArgumentException("polygon with a coordinate that is not finite");
      }
      return part;
    }

    @Override
    public RunLengths mask(int height, int width) {
      return RunLengths.ofPolygons(parts, height, width);
    }

    @Override
    public Polygons mirrored(int imageWidth) {
      return new Polygons(parts.stream().map(part -> mirrored(part, imageWidth)).toList());
    }

    private static double[] mirrored(double[] part, int imageWidth) {
      double[] result = part.clone();
      for (int at = 0; at < part.length; at += 2) {
        result[at] = imageWidth - part[at];
      }
      return result;
    }
  }

  /**
   * A mask.
   *
   * @param mask of the size of the image
   */
  record Mask(RunLengths mask) implements Segmentation {

    @Override
    public RunLengths mask(int height, int width) {
      if (!mask.covers(height, width)) {
        throw new IllegalArgumentException(
            "mask of "
                + mask.width()
                + "x"
                + mask.height()
                + " pixels in an image of "
                + width
                + "x"
                + height);
      }
      return mask;
    }

    @Override
    public Mask mirrored(int imageWidth) {
      return new Mask(mask.mirrored());
    }
  }
}
