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
  private static final int MANY = 1 << 16;

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
      raster.draw(Edge.of(x[point], y[point], x[point + 1], y[point + 1]));
    }
    return raster.runs();
  }

  private static int fine(double coordinate) {
    return (int) (FINENESS * coordinate + 0.5);
  }

  /**
   * An edge's fine pixels in its direction; the slope is taken in ascending direction.
   *
   * @param length steps from the first to the last one
   */
  private record Edge(
      long lowX, long lowY, boolean wide, boolean descending, long length, double slope) {

    static Edge of(int x0, int y0, int x1, int y1) {
      boolean wide = Math.abs((long) x1 - x0) >= Math.abs((long) y1 - y0);
      boolean descending = wide ? x0 > x1 : y0 > y1;
      long lowX = descending ? x1 : x0;
      long lowY = descending ? y1 : y0;
      long across = (descending ? x0 : x1) - lowX;
      long up = (descending ? y0 : y1) - lowY;
      long length = wide ? across : up;
      return new Edge(lowX, lowY, wide, descending, length, (double) (wide ? up : across) / length);
    }

    int x(long step) {
      return wide ? (int) (lowX + along(step)) : (int) (lowX + slope * along(step) + 0.5);
    }

    int y(long step) {
      return wide ? (int) (lowY + slope * along(step) + 0.5) : (int) (lowY + along(step));
    }

    private long along(long step) {
      return descending ? length - step : step;
    }
  }

  /**
   * Of steps without a change between them, such as those beside the image, only the ends count.
   */
  private void draw(Edge edge) {
    for (long step = 0; step <= edge.length(); step++) {
      point(edge.x(step), edge.y(step));
      long last = lastWithoutChange(edge, step);
      if (last > step) {
        point(edge.x(last), edge.y(last));
        step = last;
      }
    }
  }

  private long lastWithoutChange(Edge edge, long step) {
    long column = clamped(edge.x(step));
    long last = step;
    long reach = 1;
    while (last + reach <= edge.length() && clamped(edge.x(last + reach)) == column) {
      last += reach;
      reach *= 2;
    }
    for (; reach > 0; reach /= 2) {
      if (last + reach <= edge.length() && clamped(edge.x(last + reach)) == column) {
        last += reach;
      }
    }
    return last;
  }

  /** A fine column of the image, or one beside it for all others. */
  private long clamped(int x) {
    return Math.min(Math.max(x, -2), 2 + (long) (FINENESS * width));
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
    if (size == changes.length && size >= MANY) {
      cancelPairs();
    }
    if (2 * size > changes.length) {
      changes = Arrays.copyOf(changes, 2 * changes.length);
    }
    changes[size++] = change;
  }

  /** Leaves out what the runs would, so that no more are kept than the image has pixels. */
  private void cancelPairs() {
    Arrays.sort(changes, 0, size);
    int kept = 0;
    for (int at = 0; at < size; at++) {
      if (kept > 0 && changes[kept - 1] == changes[at]) {
        kept--;
      } else {
        changes[kept++] = changes[at];
      }
    }
    size = kept;
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
