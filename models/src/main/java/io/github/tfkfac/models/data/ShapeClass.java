package io.github.tfkfac.models.data;

import java.awt.Shape;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.List;

/**
 * A shape that generated images show.
 *
 * @param name the class's name
 * @param outline about the origin and, nearly, within the unit circle
 */
public record ShapeClass(String name, Shape outline) {

  /** All of them, in the order of the class numbers of {@link GeneratedImages}. */
  public static final List<ShapeClass> ALL =
      List.of(
          new ShapeClass("disk", disk(0, 0, 0.85)),
          new ShapeClass("square", rectangle(-0.72, -0.72, 1.44, 1.44)),
          new ShapeClass("triangle", polygon(radial(3, 1, 1))),
          new ShapeClass("star", polygon(radial(10, 1, 0.4))),
          new ShapeClass(
              "cross",
              union(rectangle(-0.95, -0.27, 1.9, 0.54), rectangle(-0.27, -0.95, 0.54, 1.9))),
          new ShapeClass("ring", difference(disk(0, 0, 0.92), disk(0, 0, 0.52))),
          new ShapeClass("crescent", difference(disk(-0.05, 0, 0.95), disk(0.42, 0, 0.8))),
          new ShapeClass(
              "arrow",
              polygon(-1, -0.2, 0.1, -0.2, 0.1, -0.72, 1, 0, 0.1, 0.72, 0.1, 0.2, -1, 0.2)),
          new ShapeClass(
              "bars",
              union(
                  rectangle(-0.8, -0.8, 0.36, 1.6),
                  union(rectangle(-0.18, -0.8, 0.36, 1.6), rectangle(0.44, -0.8, 0.36, 1.6)))),
          new ShapeClass("hourglass", polygon(-0.65, -0.85, 0.65, -0.85, -0.65, 0.85, 0.65, 0.85)));

  private static Shape disk(double x, double y, double radius) {
    return new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius);
  }

  private static Shape rectangle(double x, double y, double width, double height) {
    return new Rectangle2D.Double(x, y, width, height);
  }

  private static Shape union(Shape a, Shape b) {
    Area area = new Area(a);
    area.add(new Area(b));
    return area;
  }

  private static Shape difference(Shape a, Shape b) {
    Area area = new Area(a);
    area.subtract(new Area(b));
    return area;
  }

  /** Corners at equal angles, at the two radii in turn. */
  private static double[] radial(int corners, double even, double odd) {
    double[] xy = new double[2 * corners];
    for (int k = 0; k < corners; k++) {
      double radius = k % 2 == 0 ? even : odd;
      xy[2 * k] = radius * Math.cos(2 * Math.PI * k / corners);
      xy[2 * k + 1] = radius * Math.sin(2 * Math.PI * k / corners);
    }
    return xy;
  }

  private static Shape polygon(double... xy) {
    Path2D path = new Path2D.Double();
    path.moveTo(xy[0], xy[1]);
    for (int k = 2; k < xy.length; k += 2) {
      path.lineTo(xy[k], xy[k + 1]);
    }
    path.closePath();
    return path;
  }
}
