package io.github.tfkfac.detection.coco;

import java.util.Arrays;
import java.util.List;

/**
 * A binary mask as lengths of runs, column by column: of zeros, of ones, and so on.
 *
 * <p>The format of COCO's masks (cocodataset/cocoapi, maskApi).
 */
public final class RunLengths {

  private final int height;
  private final int width;
  private final int[] counts;
  private final int area;

  /**
   * A mask.
   *
   * @param height pixels
   * @param width pixels
   * @param counts lengths, of sum {@code height * width}; any may be 0
   * @throws IllegalArgumentException if the sum differs or a length is negative
   */
  public RunLengths(int height, int width, int[] counts) {
    this.height = height;
    this.width = width;
    this.counts = counts.clone();
    long sum = 0;
    long ones = 0;
    for (int at = 0; at < counts.length; at++) {
      if (counts[at] < 0) {
        throw new IllegalArgumentException("run length " + counts[at] + " is negative");
      }
      sum += counts[at];
      ones += at % 2 == 0 ? 0 : counts[at];
    }
    long pixels = (long) height * width;
    if (height < 1 || width < 1 || pixels > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("mask of " + width + "x" + height + " pixels");
    }
    if (sum != pixels) {
      throw new IllegalArgumentException(
          "run lengths sum to "
              + sum
              + ", expected width times height, "
              + width
              + "x"
              + height
              + " = "
              + pixels);
    }
    this.area = (int) ones;
  }

  /** Without a pixel set. */
  public static RunLengths empty(int height, int width) {
    return new RunLengths(height, width, new int[] {height * width});
  }

  /**
   * The union of polygons.
   *
   * @param polygons each {@code x0, y0, x1, y1, ...} in pixels
   */
  public static RunLengths ofPolygons(List<double[]> polygons, int height, int width) {
    return polygons.stream()
        .map(polygon -> new RunLengths(height, width, PolygonRaster.runs(polygon, height, width)))
        .reduce(RunLengths::union)
        .orElseGet(() -> empty(height, width));
  }

  /**
   * From COCO's compressed string.
   *
   * @throws IllegalArgumentException if the string is no such code or does not cover the size
   */
  public static RunLengths decode(String code, int height, int width) {
    return new RunLengths(height, width, CompressedRle.decode(code));
  }

  /**
   * From pixels.
   *
   * @param bitmap row by row, not 0 where set; length {@code height * width}
   */
  public static RunLengths ofBitmap(byte[] bitmap, int height, int width) {
    if (bitmap.length != height * width) {
      throw new IllegalArgumentException(
          "bitmap of " + bitmap.length + " pixels, expected " + width + "x" + height);
    }
    RunBuilder runs = new RunBuilder();
    for (int column = 0; column < width; column++) {
      for (int row = 0; row < height; row++) {
        int at = column * height + row;
        if (bitmap[row * width + column] != 0) {
          runs.add(at, at + 1);
        }
      }
    }
    return new RunLengths(height, width, runs.counts(height * width));
  }

  /** Height of the mask in pixels. */
  public int height() {
    return height;
  }

  /** Width of the mask in pixels. */
  public int width() {
    return width;
  }

  /** Whether it is of an image of this size. */
  public boolean covers(int imageHeight, int imageWidth) {
    return height == imageHeight && width == imageWidth;
  }

  /** Lengths of the runs, the first of zeros. */
  public int[] counts() {
    return counts.clone();
  }

  /** COCO's compressed string. */
  public String encode() {
    return CompressedRle.encode(counts);
  }

  /** Pixels row by row, 1 where set. */
  public byte[] bitmap() {
    byte[] bitmap = new byte[height * width];
    for (SetRuns run = SetRuns.of(counts); run.next(); ) {
      for (int pixel = run.from(); pixel < run.to(); pixel++) {
        bitmap[pixel % height * width + pixel / height] = 1;
      }
    }
    return bitmap;
  }

  /** Number of pixels set. */
  public int area() {
    return area;
  }

  /** The smallest box that contains all pixels set; all zeros if there is none. */
  public CocoBox tightBox() {
    if (area == 0) {
      return new CocoBox(0, 0, 0, 0);
    }
    int left = -1;
    int top = height;
    int bottom = 0;
    int column = 0;
    int start = 0;
    for (SetRuns run = SetRuns.of(counts); run.next(); ) {
      for (; run.from() >= start + height; start += height) {
        column++;
      }
      left = left < 0 ? column : left;
      top = Math.min(top, run.from() - start);
      if (run.to() > start + height) {
        top = 0;
        bottom = height - 1;
      }
      for (; run.to() > start + height; start += height) {
        column++;
      }
      bottom = Math.max(bottom, run.to() - 1 - start);
    }
    return new CocoBox(left, top, column - left + 1, bottom - top + 1);
  }

  /** The pixels set in either. */
  public RunLengths union(RunLengths other) {
    requireSameSize(other);
    return new RunLengths(height, width, SetRuns.union(counts, other.counts, height * width));
  }

  /** The pixels set in both. */
  public RunLengths intersection(RunLengths other) {
    requireSameSize(other);
    return new RunLengths(
        height, width, SetRuns.intersection(counts, other.counts, height * width));
  }

  /** Pixels set in both, divided by pixels set in either; 0 if there are none in both. */
  public double intersectionOverUnion(RunLengths other) {
    int shared = shared(other);
    return shared == 0 ? 0 : (double) shared / ((double) area + other.area - shared);
  }

  /** Pixels set in both, divided by pixels set in this; 0 if there are none in both. */
  public double intersectionOverSelf(RunLengths region) {
    int shared = shared(region);
    return shared == 0 ? 0 : (double) shared / area;
  }

  private int shared(RunLengths other) {
    requireSameSize(other);
    return SetRuns.shared(counts, other.counts);
  }

  /** The same in an image mirrored left to right. */
  public RunLengths mirrored() {
    return new RunLengths(height, width, SetRuns.mirrored(counts, height, width));
  }

  private void requireSameSize(RunLengths other) {
    if (height != other.height || width != other.width) {
      throw new IllegalArgumentException(
          "masks of different sizes: "
              + width
              + "x"
              + height
              + " and "
              + other.width
              + "x"
              + other.height);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RunLengths that
        && height == that.height
        && width == that.width
        && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * height + width) + Arrays.hashCode(counts);
  }

  @Override
  public String toString() {
    return width + "x" + height + " " + encode();
  }
}
