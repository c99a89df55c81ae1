package io.github.tfkfac.detection.data;

import io.github.tfkfac.detection.coco.CocoImage;
import java.util.Objects;

/**
 * Record of a prepared image of the data set and its preparation; enough to map boxes back to the
 * original.
 *
 * @param image its record
 * @param size after resizing, without padding
 * @param mirrored whether it is shown mirrored
 */
public record PreparedImage(CocoImage image, ImageSize size, boolean mirrored) {

  public PreparedImage {
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(size, "size");
  }

  /** Before resizing. */
  public ImageSize originalSize() {
    return new ImageSize(image.height(), image.width());
  }

  /** Resized width over original width; differs from the vertical one by rounding. */
  public double horizontalScale() {
    return (double) size.width() / image.width();
  }

  /** Resized height over original height. */
  public double verticalScale() {
    return (double) size.height() / image.height();
  }
}
