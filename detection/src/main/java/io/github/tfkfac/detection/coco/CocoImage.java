package io.github.tfkfac.detection.coco;

import java.util.OptionalInt;

/**
 * An image of a COCO data set.
 *
 * @param id unique in the data set
 * @param fileName relative to the image folder
 * @param width pixels
 * @param height pixels
 * @param license number of its license, if stated
 */
public record CocoImage(long id, String fileName, int width, int height, OptionalInt license) {

  public CocoImage {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "image " + id + " of " + width + "x" + height + " pixels, expected at least 1x1");
    }
  }

  CocoImage withId(long other) {
    return new CocoImage(other, fileName, width, height, license);
  }
}
