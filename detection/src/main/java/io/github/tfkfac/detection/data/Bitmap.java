package io.github.tfkfac.detection.data;

import io.github.tfkfac.detection.coco.RunLengths;
import java.util.Arrays;

/** A binary mask, one byte (0 or 1) per pixel, row by row. */
public final class Bitmap {

  private final ImageSize size;
  private final byte[] values;

  /**
   * A mask.
   *
   * @param size of the image
   * @param values 0 or 1, row by row; not copied
   */
  public Bitmap(ImageSize size, byte[] values) {
    if (values.length != size.height() * size.width()) {
      throw new IllegalArgumentException(
          "expected "
              + size.height() * size.width()
              + " values of a mask "
              + size
              + ", found "
              + values.length);
    }
    this.size = size;
    this.values = values;
  }

  /** The mask that the run lengths stand for. */
  public static Bitmap of(RunLengths mask) {
    return new Bitmap(new ImageSize(mask.height(), mask.width()), mask.bitmap());
  }

  /** Height and width. */
  public ImageSize size() {
    return size;
  }

  /** 0 or 1, row by row; not a copy. */
  public byte[] values() {
    return values;
  }

  /** Number of set pixels. */
  public int area() {
    int area = 0;
    for (byte value : values) {
      area += value;
    }
    return area;
  }

  /** The nearest pixels: row i shows row {@code floor(i * old / new)}, columns alike. */
  public Bitmap resized(ImageSize target) {
    int[] columns = nearest(size.width(), target.width());
    int[] rows = nearest(size.height(), target.height());
    byte[] result = new byte[target.height() * target.width()];
    int at = 0;
    for (int row : rows) {
      for (int column : columns) {
        result[at++] = values[row * size.width() + column];
      }
    }
    return new Bitmap(target, result);
  }

  private static int[] nearest(int from, int to) {
    float step = (float) from / to;
    int[] result = new int[to];
    for (int i = 0; i < to; i++) {
      result[i] = Math.min(from - 1, (int) (i * step));
    }
    return result;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bitmap that
        && size.equals(that.size)
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * size.hashCode() + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "mask " + size + " of area " + area();
  }
}
