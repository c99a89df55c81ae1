package io.github.tfkfac.detection.box;

/**
 * An axis-parallel rectangle in pixels; edges are continuous, so that width is {@code x2 - x1}.
 *
 * @param x1 left edge
 * @param y1 upper edge
 * @param x2 right edge
 * @param y2 lower edge
 */
public record Box(double x1, double y1, double x2, double y2) {

  /** From COCO's form: left edge, upper edge, width, height. */
  public static Box ofCorner(double x, double y, double width, double height) {
    return new Box(x, y, x + width, y + height);
  }

  /** Extent from left to right. */
  public double width() {
    return x2 - x1;
  }

  /** Extent from top to bottom. */
  public double height() {
    return y2 - y1;
  }

  /** Width times height. */
  public double area() {
    return width() * height();
  }

  /** The part inside of an image of this size. */
  public Box clipped(double imageWidth, double imageHeight) {
    return new Box(
        clamp(x1, imageWidth),
        clamp(y1, imageHeight),
        clamp(x2, imageWidth),
        clamp(y2, imageHeight));
  }

  private static double clamp(double value, double limit) {
    return Math.min(Math.max(value, 0), limit);
  }

  /** The same in an image resized by these factors. */
  public Box scaled(double horizontal, double vertical) {
    return new Box(x1 * horizontal, y1 * vertical, x2 * horizontal, y2 * vertical);
  }

  /** The same in an image mirrored left to right. */
  public Box mirrored(double imageWidth) {
    return new Box(imageWidth - x2, y1, imageWidth - x1, y2);
  }
}
