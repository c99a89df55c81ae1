package io.github.tfkfac.detection.data;

/**
 * Size of an image.
 *
 * @param height pixels
 * @param width pixels
 */
public record ImageSize(int height, int width) {

  public ImageSize {
    if (height <= 0 || width <= 0) {
      throw new IllegalArgumentException(
          "expected a positive height and width of an image, found " + height + " x " + width);
    }
  }

  /** The smallest size that holds both. */
  public ImageSize union(ImageSize other) {
    return new ImageSize(Math.max(height, other.height), Math.max(width, other.width));
  }

  /** Both sides rounded up to a multiple. */
  public ImageSize roundedUp(int multiple) {
    return new ImageSize(
        (height + multiple - 1) / multiple * multiple,
        (width + multiple - 1) / multiple * multiple);
  }

  @Override
  public String toString() {
    return height + "x" + width;
  }
}
