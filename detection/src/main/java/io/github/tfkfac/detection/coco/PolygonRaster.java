package io.github.tfkfac.detection.coco;

import java.util.Arrays;

/**
 * The pixels of a polygon, as COCO's tools define them (cocodataset/cocoapi, maskApi, rleFrPoly).
 *
 * <p>The outline is drawn on a grid five times as fine. Where it passes from one fine column to the
 * next in the middle of a pixel's column, the mask changes at the pixel whose center comes next.
 */
final class PolygonRaster {
  private static final double FINENESS = 5;

  private final int height;
  private final int width;
  private int[] changes = new int[64];
  private int size;
  private int lastX;
  private int lastY;

  private PolygonRaster(int height, int width) {
    this.height = height;
    this.width = width;
  }

  /** Run lengths of the polygon {@code x0, y0, x1, y1, ...}. */
  static int[] runs(double[] polygon, int height, int width) {
    PolygonRaster raster = new PolygonRaster(height, width);
    int points = polygon.length / 2;
    int[] x = new int[points + 1];
    int[] y = new int[points + 1];
    for (int point = 0; point <= points; point++) {
      x[point] = fine(polygon[2 * (point % points)]);
      y[point] = fine(polygon[2 * (point % points) + 1]);
    }
    raster.lastX = x[0];
    raster.lastY = y[0];
    for (int point = 0; point < points; point++) {
      raster.edge(x[point], y[point], x[point + 1], y[point + 1]);
    }
    return raster.runs();
  }

  private static int fine(double coordinate) {
    return (int) (FINENESS * coordinate + 0.5);
  }

  /** The edge's fine pixels in its direction; the slope is taken in ascending direction. */
  private void edge(int x0, int y0, int x1, int y1) {
    boolean wide = Math.abs(x1 - x0) >= Math.abs(y1 - y0);
    boolean descending = wide ? x0 > x1 : y0 > y1;
    int lowX = descending ? x1 : x0;
    int lowY = descending ? y1 : y0;
    int highX = descending ? x0 : x1;
    int highY = descending ? y0 : y1;
    int length = wide ? highX - lowX : highY - lowY;
    double slope = (double) (wide ? highY - lowY : highX - lowX) / length;
    for (int step = 0; step <= length; step++) {
      int along = descending ? length - step : step;
      int across = (int) ((wide ? lowY : lowX) + slope * along + 0.5);
      if (wide) {
        point(lowX + along, across);
      } else {
        point(across, lowY + along);
      }
    }
  }

  private void point(int x, int y) {
    if (x != lastX) {
      double column = coarse(x < lastX ? x : x - 1);
      if (Math.floor(column) == column && column >= 0 && column <= width - 1) {
        double row = Math.ceil(Math.min(Math.max(coarse(Math.min(y, lastY)), 0), height));
        add(((int) column) * height + (int) row);
      }
    }
    lastX = x;
    lastY = y;
  }

  private static double coarse(int fine) {
    return (fine + 0.5) / FINENESS - 0.5;
  }

  private void add(int change) {
    if (size == changes.length) {
      changes = Arrays.copyOf(changes, 2 * size);
    }
    changes[size++] = change;
  }

  /** Sorted changes are ends of runs; two at one place cancel. */
  private int[] runs() {
    add(height * width);
    Arrays.sort(changes, 0, size);
    int[] runs = new int[size];
    int count = 1;
    runs[0] = changes[0];
    for (int at = 1; at < size; at++) {
      int length = changes[at] - changes[at - 1];
      if (length > 0) {
        runs[count++] = length;
      } else if (++at < size) {
        runs[count - 1] += changes[at] - changes[at - 1];
      }
    }
    return Arrays.copyOf(runs, count);
  }
}
