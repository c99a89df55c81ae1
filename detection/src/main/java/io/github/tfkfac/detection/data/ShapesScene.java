package io.github.tfkfac.detection.data;

import io.github.tfkfac.models.data.ShapeClass;
import java.awt.geom.AffineTransform;
import java.awt.geom.Area;
import java.awt.geom.PathIterator;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Placement of the shapes of a generated image. Later ones cover earlier ones; what stays visible
 * of each is one piece without holes, most of the whole shape.
 */
final class ShapesScene {

  /** The kinds of shapes, whose outlines have no holes. */
  static final List<ShapeClass> KINDS = ShapeClass.ALL.subList(0, 4);

  private static final int ATTEMPTS = 25;

  /** Radius in parts of the image's shorter side. */
  private static final double SMALLEST_RADIUS = 0.09;

  private static final double LARGEST_RADIUS = 0.3;

  /** Least visible part of a shape. */
  private static final double LEAST_VISIBLE = 0.6;

  private static final int GROUP_LEAST = 8;
  private static final int GROUP_MOST = 14;

  /** Radius of a group's members and of the disk they lie in, in parts of the shorter side. */
  private static final double MEMBER_RADIUS = 0.045;

  private static final double GROUP_RADIUS = 0.2;

  /** Greatest distance of the outline's chords from it, pixels. */
  private static final double FLATNESS = 0.1;

  /** One shape: its kind and what is visible of it. */
  record Piece(int kind, Area visible) {}

  private final ImageSize size;
  private final Rectangle2D frame;
  private final List<Piece> pieces = new ArrayList<>();
  private Optional<Piece> group = Optional.empty();

  private ShapesScene(ImageSize size) {
    this.size = size;
    this.frame = new Rectangle2D.Double(0, 0, size.width(), size.height());
  }

  static ShapesScene drawn(ShapesOptions options, RandomGenerator random) {
    int bound = options.greatestSide() + 1;
    ShapesScene scene =
        new ShapesScene(
            new ImageSize(
                random.nextInt(options.leastSide(), bound),
                random.nextInt(options.leastSide(), bound)));
    if (random.nextDouble() < options.groupShare()) {
      scene.addGroup(random.nextInt(options.categories()), random);
    }
    int wanted = 1 + random.nextInt(options.mostObjects());
    for (int attempt = 0; attempt < ATTEMPTS && scene.pieces.size() < wanted; attempt++) {
      scene.add(random.nextInt(options.categories()), random);
    }
    return scene;
  }

  ImageSize size() {
    return size;
  }

  /** The objects, from the back to the front. */
  List<Piece> pieces() {
    return List.copyOf(pieces);
  }

  /** Small shapes of one kind that stand for one annotation, behind the objects. */
  Optional<Piece> group() {
    return group;
  }

  /** The points {@code x0, y0, x1, y1, ...} of an outline in one piece, to a hundredth pixel. */
  static double[] outline(Area area) {
    List<Double> points = new ArrayList<>();
    double[] at = new double[6];
    for (PathIterator path = area.getPathIterator(null, FLATNESS); !path.isDone(); path.next()) {
      if (path.currentSegment(at) != PathIterator.SEG_CLOSE) {
        points.add(Math.round(at[0] * 100) / 100.0);
        points.add(Math.round(at[1] * 100) / 100.0);
      }
    }
    return points.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private int shorterSide() {
    return Math.min(size.height(), size.width());
  }

  private void addGroup(int kind, RandomGenerator random) {
    double reach = GROUP_RADIUS * shorterSide();
    double x = random.nextDouble(reach, size.width() - reach);
    double y = random.nextDouble(reach, size.height() - reach);
    Area members = new Area();
    for (int left = random.nextInt(GROUP_LEAST, GROUP_MOST + 1); left > 0; left--) {
      double angle = random.nextDouble(2 * Math.PI);
      double distance = reach * Math.sqrt(random.nextDouble());
      members.add(
          placed(
              kind,
              x + distance * Math.cos(angle),
              y + distance * Math.sin(angle),
              MEMBER_RADIUS * shorterSide(),
              random));
    }
    group = Optional.of(new Piece(kind, members));
  }

  /** Adds a shape, if it leaves enough of the others and of itself. */
  private void add(int kind, RandomGenerator random) {
    double radius = shorterSide() * random.nextDouble(SMALLEST_RADIUS, LARGEST_RADIUS);
    double margin = 0.7 * radius;
    Area whole =
        placed(
            kind,
            random.nextDouble(margin, size.width() - margin),
            random.nextDouble(margin, size.height() - margin),
            radius,
            random);
    Area added = new Area(whole);
    added.intersect(new Area(frame));
    if (!isMostOf(added, whole)) {
      return;
    }
    List<Piece> remaining = new ArrayList<>();
    for (Piece piece : pieces) {
      Area rest = new Area(piece.visible());
      rest.subtract(added);
      if (!isMostOf(rest, piece.visible())) {
        return;
      }
      remaining.add(new Piece(piece.kind(), rest));
    }
    pieces.clear();
    pieces.addAll(remaining);
    pieces.add(new Piece(kind, added));
    group.ifPresent(behind -> behind.visible().subtract(added));
  }

  private Area placed(int kind, double x, double y, double radius, RandomGenerator random) {
    AffineTransform placement = AffineTransform.getTranslateInstance(x, y);
    placement.rotate(random.nextDouble(2 * Math.PI));
    placement.scale(radius, radius);
    return new Area(placement.createTransformedShape(KINDS.get(kind).outline()));
  }

  private static boolean isMostOf(Area part, Area whole) {
    return part.isSingular() && !part.isEmpty() && area(part) >= LEAST_VISIBLE * area(whole);
  }

  /** By the shoelace formula. */
  private static double area(Area piece) {
    double[] xy = outline(piece);
    double doubled = 0;
    for (int k = 0; k < xy.length; k += 2) {
      int next = (k + 2) % xy.length;
      doubled += xy[k] * xy[next + 1] - xy[next] * xy[k + 1];
    }
    return Math.abs(doubled) / 2;
  }
}
