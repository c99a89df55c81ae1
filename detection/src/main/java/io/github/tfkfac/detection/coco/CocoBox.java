package io.github.tfkfac.detection.coco;

import io.github.tfkfac.detection.box.Box;

/**
 * A box as COCO's files state it. Kept in this form because {@code (x + width) - x} need not be
 * {@code width}, and sizes at the limits of COCO's area ranges must not move.
 *
 * @param x left edge in pixels
 * @param y upper edge in pixels
 * @param width in pixels
 * @param height in pixels
 */
public record CocoBox(double x, double y, double width, double height) {

  /** With the same edges. */
  public static CocoBox of(Box box) {
    return new CocoBox(box.x1(), box.y1(), box.width(), box.height());
  }

  /** With the same edges. */
  public Box edges() {
    return Box.ofCorner(x, y, width, height);
  }

  /** Width times height. */
  public double area() {
    return width * height;
  }

  /** The part of both boxes' union that both cover; 0 unless they share an area. */
  public double intersectionOverUnion(CocoBox other) {
    double shared = intersection(other);
    return shared == 0 ? 0 : shared / (area() + other.area() - shared);
  }

  /** The part of this box that the region covers. */
  public double intersectionOverSelf(CocoBox region) {
    double shared = intersection(region);
    return shared == 0 ? 0 : shared / area();
  }

  private double intersection(CocoBox other) {
    double sharedWidth = Math.min(x + width, other.x + other.width) - Math.max(x, other.x);
    double sharedHeight = Math.min(y + height, other.y + other.height) - Math.max(y, other.y);
    return sharedWidth <= 0 || sharedHeight <= 0 ? 0 : sharedWidth * sharedHeight;
  }
}
