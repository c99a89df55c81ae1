package io.github.tfkfac.detection.box;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/**
 * Small graph functions of boxes.
 *
 * <p><i>Shapes</i>: boxes {@code [..., 4]} in the order x1, y1, x2, y2.
 */
public final class GraphBoxes {

  private GraphBoxes() {}

  /** x1, y1, x2 and y2, each {@code [...]}. */
  public static <T extends TNumber> List<Operand<T>> edges(Ops tf, Operand<T> boxes) {
    return List.copyOf(tf.unstack(boxes, 4L, Unstack.axis(-1L)).output());
  }

  /** The inverse of {@link #edges}. */
  public static <T extends TNumber> Operand<T> of(Ops tf, List<Operand<T>> edges) {
    return tf.stack(edges, Stack.axis(-1L));
  }

  static <T extends TNumber> Operand<T> area(Ops tf, List<Operand<T>> edges) {
    return tf.math.mul(
        tf.math.sub(edges.get(2), edges.get(0)), tf.math.sub(edges.get(3), edges.get(1)));
  }

  /**
   * The parts inside of an image.
   *
   * @param height of the image, {@code []}
   * @param width of the image, {@code []}
   */
  public static <T extends TNumber> Operand<T> clip(
      Ops tf, Operand<T> boxes, Operand<T> height, Operand<T> width) {
    Operand<T> limits = tf.stack(List.of(width, height, width, height));
    return tf.math.minimum(tf.math.maximum(boxes, tf.constant(boxes.type(), 0)), limits);
  }

  /**
   * Whether both sides of a box are long enough, {@code [...]}.
   *
   * @param smallest least length; 0 asks for more than nothing
   */
  public static <T extends TNumber> Operand<TBool> longEnough(
      Ops tf, Operand<T> boxes, double smallest) {
    List<Operand<T>> edges = edges(tf, boxes);
    Operand<T> shorter =
        tf.math.minimum(
            tf.math.sub(edges.get(2), edges.get(0)), tf.math.sub(edges.get(3), edges.get(1)));
    Operand<T> limit = tf.constant(boxes.type(), smallest);
    return smallest == 0 ? tf.math.greater(shorter, limit) : tf.math.greaterEqual(shorter, limit);
  }

  /** The box (0, 0, 1, 1), which stands where there is none: its logarithms are finite. */
  public static <T extends TNumber> Operand<T> filler(Ops tf, Class<T> type) {
    return tf.dtypes.cast(tf.constant(new float[] {0, 0, 1, 1}), type);
  }
}
