package io.github.tfkfac.detection.coco;

import java.util.Arrays;

/** A binary mask as lengths of runs, column by column: of zeros, of ones, and so on. */
public final class RunLengths {

  private final int height;
  private final int width;
  private final int[] counts;

  /**
   * A mask.
   *
   * @param height pixels
   * @param width pixels
   * @param counts lengths, of sum {@code height * width}; the first may be 0
   */
  public RunLengths(int height, int width, int[] counts) {
    this.height = height;
    this.width = width;
    this.counts = counts.clone();
  }

  public int height() {
    return height;
  }

  public int width() {
    return width;
  }

  /** Lengths of the runs, the first of zeros. */
  public int[] counts() {
    return counts.clone();
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
}
