package io.github.tfkfac.tools.render;

import io.github.tfkfac.tools.statistics.MeanInterval;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One line of a plot.
 *
 * @param name its entry in the legend
 * @param points from left to right; those with an infinite or undefined value are left out
 */
public record Curve(String name, List<Point> points) {
  /**
   * One place on a curve, with the band around it.
   *
   * @param x position
   * @param y value
   * @param low lower end of the band, {@code y} without one
   * @param high upper end of the band, {@code y} without one
   */
  public record Point(double x, double y, double low, double high) {
    /** A point without a band. */
    public Point(double x, double y) {
      this(x, y, y, y);
    }

    boolean isFinite() {
      return Double.isFinite(x)
          && Double.isFinite(y)
          && Double.isFinite(low)
          && Double.isFinite(high);
    }
  }

  public Curve {
    points = points.stream().filter(Point::isFinite).toList();
  }

  /** Whether there is a band to draw. */
  public boolean hasBand() {
    return points.stream().anyMatch(point -> point.low() < point.high());
  }

  /**
   * The mean of repeated runs with its 95 % interval as the band, at the positions that all of them
   * share.
   */
  public static Curve mean(String name, List<Curve> runs) {
    Map<Double, List<Double>> valuesByPosition = new TreeMap<>();
    for (Curve run : runs) {
      for (Point point : run.points()) {
        valuesByPosition.computeIfAbsent(point.x(), x -> new ArrayList<>()).add(point.y());
      }
    }
    valuesByPosition.values().removeIf(values -> values.size() < runs.size());
    List<Point> points = new ArrayList<>();
    valuesByPosition.forEach(
        (x, values) -> {
          MeanInterval interval = MeanInterval.of(values);
          double half = Double.isNaN(interval.halfWidth()) ? 0 : interval.halfWidth();
          points.add(new Point(x, interval.mean(), interval.mean() - half, interval.mean() + half));
        });
    return new Curve(name, points);
  }
}
