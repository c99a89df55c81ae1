package io.github.tfkfac.detection.box;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Intersection over union, {@code |a ∩ b| / (|a| + |b| − |a ∩ b|)}.
 *
 * <p><i>Numerics</i>: 0 where the union is empty. Matching depends on exact ties of float32
 * overlaps, so the float32 forms keep this order of operations.
 */
public final class Iou {

  private Iou() {}

  /** Overlap in float64. */
  public static double of(Box a, Box b) {
    double width = Math.min(a.x2(), b.x2()) - Math.max(a.x1(), b.x1());
    double height = Math.min(a.y2(), b.y2()) - Math.max(a.y1(), b.y1());
    if (width <= 0 || height <= 0) {
      return 0;
    }
    double intersection = width * height;
    return intersection / (a.area() + b.area() - intersection);
  }

  /** Overlap of one of {@code a} with one of {@code b}, in float32. */
  public static float of(Boxes a, int indexA, Boxes b, int indexB) {
    float width = Math.min(a.x2(indexA), b.x2(indexB)) - Math.max(a.x1(indexA), b.x1(indexB));
    float height = Math.min(a.y2(indexA), b.y2(indexB)) - Math.max(a.y1(indexA), b.y1(indexB));
    if (width <= 0 || height <= 0) {
      return 0;
    }
    float intersection = width * height;
    return intersection / (a.area(indexA) + b.area(indexB) - intersection);
  }

  /**
   * Overlap of every one of {@code a} with every one of {@code b}.
   *
   * <p><i>Shapes</i>: {@code [n, 4]}, {@code [m, 4]} to {@code [n, m]}.
   */
  public static <T extends TNumber> Operand<T> matrix(Ops tf, Operand<T> a, Operand<T> b) {
    List<Operand<T>> first = GraphBoxes.edges(tf, tf.expandDims(a, tf.constant(1)));
    List<Operand<T>> second = GraphBoxes.edges(tf, tf.expandDims(b, tf.constant(0)));
    Operand<T> zero = tf.constant(a.type(), 0);
    Operand<T> width = tf.math.maximum(side(tf, first, second, 0), zero);
    Operand<T> height = tf.math.maximum(side(tf, first, second, 1), zero);
    Operand<T> intersection = tf.math.mul(width, height);
    Operand<T> areas = tf.math.add(GraphBoxes.area(tf, first), GraphBoxes.area(tf, second));
    return tf.math.divNoNan(intersection, tf.math.sub(areas, intersection));
  }

  private static <T extends TNumber> Operand<T> side(
      Ops tf, List<Operand<T>> a, List<Operand<T>> b, int axis) {
    return tf.math.sub(
        tf.math.minimum(a.get(axis + 2), b.get(axis + 2)),
        tf.math.maximum(a.get(axis), b.get(axis)));
  }
}
