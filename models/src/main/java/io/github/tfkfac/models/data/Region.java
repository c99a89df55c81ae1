package io.github.tfkfac.models.data;

/**
 * A rectangle within an image, in pixels from its upper left corner; borders may lie inside pixels.
 *
 * @param top upper border
 * @param left left border
 * @param height distance of the lower border from the upper one
 * @param width distance of the right border from the left one
 */
public record Region(double top, double left, double height, double width) {

  private static final double ROUNDING = 1e-6;

  public Region {
    if (!(top >= 0 && left >= 0 && height > 0 && width > 0)) {
      throw new IllegalArgumentException(
          "expected a region with a positive height and width inside an image, found "
              + height
              + " x "
              + width
              + " from row "
              + top
              + " and column "
              + left);
    }
  }

  /** Throws if part of the region lies outside an image of this size. */
  void requireInside(ImageShape image) {
    if (top + height > image.height() + ROUNDING || left + width > image.width() + ROUNDING) {
      throw new IllegalArgumentException(
          "expected a region inside an image " + image + ", found " + this);
    }
  }

  /** Chooses the part of an image to take, by the image's size. */
  @FunctionalInterface
  public interface Choice {

    /** The part of an image of this height and width. */
    Region of(int height, int width);
  }

  /** The square in the middle whose side is this part of the image's shorter side. */
  static Choice center(double part) {
    return (height, width) -> {
      double side = part * Math.min(height, width);
      return new Region((height - side) / 2, (width - side) / 2, side, side);
    };
  }
}
