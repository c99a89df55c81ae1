package io.github.tfkfac.detection.predict;

import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.profile.DetectorProfile.MaskPaste;

/**
 * A predicted mask as one of the size of the image.
 *
 * <p>PIXEL_CENTERS: the value at pixel (x, y) is the mask's at {@code ((x + 0.5 − x1) / w · m −
 * 0.5, ...)}, bilinear, with zeros around the mask (MMDetection, Detectron2). INTEGER_BOX: mask and
 * box are enlarged by a rim of one mask pixel, the box's edges cut to integers, and the mask
 * resized to {@code x2 − x1 + 1} columns and {@code y2 − y1 + 1} rows (torchvision).
 *
 * @param rule which of the two
 */
public record MaskPaster(MaskPaste rule) {

  private static final double THRESHOLD = 0.5;

  /**
   * The mask's values in the image, row by row, 0 outside of the box.
   *
   * @param mask probabilities {@code [m][m]}, row by row
   * @param box in pixels of the image
   * @return {@code [height · width]}
   */
  public float[] paste(float[][] mask, Box box, int height, int width) {
    return switch (rule) {
      case PIXEL_CENTERS -> pixelCenters(mask, box, height, width);
      case INTEGER_BOX -> integerBox(mask, box, height, width);
    };
  }

  /**
   * Bitmap of the pixels that belong to the object, row by row: values of at least a half by
   * PIXEL_CENTERS, above a half by INTEGER_BOX.
   */
  public boolean[] bitmap(float[][] mask, Box box, int height, int width) {
    float[] values = paste(mask, box, height, width);
    boolean[] set = new boolean[values.length];
    for (int i = 0; i < set.length; i++) {
      set[i] = rule == MaskPaste.PIXEL_CENTERS ? values[i] >= THRESHOLD : values[i] > THRESHOLD;
    }
    return set;
  }

  private static float[] pixelCenters(float[][] mask, Box box, int height, int width) {
    float[] image = new float[height * width];
    if (!(box.width() > 0 && box.height() > 0)) {
      return image;
    }
    double stepY = mask.length / box.height();
    double stepX = mask[0].length / box.width();
    int top = limited(Math.floor(box.y1() - 0.5 - 0.5 / stepY), height);
    int bottom = limited(Math.ceil(box.y2() + 0.5 / stepY) + 1, height);
    int left = limited(Math.floor(box.x1() - 0.5 - 0.5 / stepX), width);
    int right = limited(Math.ceil(box.x2() + 0.5 / stepX) + 1, width);
    for (int y = top; y < bottom; y++) {
      double row = (y + 0.5 - box.y1()) * stepY - 0.5;
      for (int x = left; x < right; x++) {
        double column = (x + 0.5 - box.x1()) * stepX - 0.5;
        image[y * width + x] = (float) interpolated(mask, row, column);
      }
    }
    return image;
  }

  private static int limited(double position, int size) {
    return (int) Math.min(Math.max(position, 0), size);
  }

  /** Bilinear with zeros around the mask. */
  private static double interpolated(float[][] mask, double row, double column) {
    int y = (int) Math.floor(row);
    int x = (int) Math.floor(column);
    double dy = row - y;
    double dx = column - x;
    return (1 - dy) * ((1 - dx) * orZero(mask, y, x) + dx * orZero(mask, y, x + 1))
        + dy * ((1 - dx) * orZero(mask, y + 1, x) + dx * orZero(mask, y + 1, x + 1));
  }

  private static float orZero(float[][] mask, int y, int x) {
    return y >= 0 && y < mask.length && x >= 0 && x < mask[y].length ? mask[y][x] : 0;
  }

  private static float[] integerBox(float[][] mask, Box box, int height, int width) {
    float[] image = new float[height * width];
    int rows = mask.length + 2;
    int columns = mask[0].length + 2;
    int x1 = edge(box.x1(), box.x2(), -1, (float) columns / mask[0].length);
    int x2 = edge(box.x1(), box.x2(), 1, (float) columns / mask[0].length);
    int y1 = edge(box.y1(), box.y2(), -1, (float) rows / mask.length);
    int y2 = edge(box.y1(), box.y2(), 1, (float) rows / mask.length);
    int pastedWidth = Math.max(x2 - x1 + 1, 1);
    int pastedHeight = Math.max(y2 - y1 + 1, 1);
    for (int y = Math.max(y1, 0); y < Math.min(y2 + 1, height); y++) {
      double row = source(y - y1, pastedHeight, rows);
      for (int x = Math.max(x1, 0); x < Math.min(x2 + 1, width); x++) {
        double column = source(x - x1, pastedWidth, columns);
        image[y * width + x] = (float) interpolated(mask, row - 1, column - 1);
      }
    }
    return image;
  }

  /** An enlarged edge, cut toward zero; in float32, as the cut depends on it. */
  private static int edge(double low, double high, int side, float factor) {
    float first = (float) low;
    float second = (float) high;
    float half = (second - first) * 0.5f * factor;
    float center = (second + first) * 0.5f;
    return (int) (center + side * half);
  }

  /** Position in a row of {@code size} pixels that is resized to {@code resized}. */
  private static double source(int position, int resized, int size) {
    double center = (position + 0.5) * size / resized - 0.5;
    return Math.min(Math.max(center, 0), size - 1.0);
  }
}
