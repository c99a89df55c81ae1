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

  /**
   * The part of both boxes' union that both cover; 0 unless they share an area. Edges that are NaN
   * do not limit what is shared, as in C's {@code fmin} and {@code fmax}.
   */
  public double intersectionOverUnion(CocoBox other) {
    double sharedWidth = shared(x, width, other.x, other.width);
    double sharedHeight = shared(y, height, other.y, other.height);
    if (sharedWidth <= 0 || sharedHeight <= 0) {
      return 0;
    }
    double shared = sharedWidth * sharedHeight;
    return shared / (area() + other.area() - shared);
  }

  /** The part of this box that the region covers; edges as in the other quotient. */
  public double intersectionOverSelf(CocoBox region) {
    double sharedWidth = shared(x, width, region.x, region.width);
    double sharedHeight = shared(y, height, region.y, region.height);
    return sharedWidth <= 0 || sharedHeight <= 0 ? 0 : sharedWidth * sharedHeight / area();
  }

  private static double shared(double start, double length, double other, double otherLength) {
    double end = start + length;
    double otherEnd = other + otherLength;
    double from = Double.isNaN(start) || other > start ? other : start;
    double to = Double.isNaN(end) || otherEnd < end ? otherEnd : end;
    return to - from;
  }
}
