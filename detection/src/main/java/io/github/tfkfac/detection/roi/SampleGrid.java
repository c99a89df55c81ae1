package io.github.tfkfac.detection.roi;

import io.github.tfkfac.detection.box.GraphBoxes;
import io.github.tfkfac.detection.profile.DetectorProfile.RoiAlignment;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Starts and lengths of the regions of a map along one axis, in feature pixels whose centers are
 * whole numbers.
 *
 * @param start {@code [R]}
 * @param length {@code [R]}
 */
record SampleGrid<T extends TNumber>(Operand<T> start, Operand<T> length) {

  private static final double HALF_PIXEL = 0.5;
  private static final double SHORTEST_LEGACY = 1;

  /**
   * The regions along one axis.
   *
   * @param axis 0 for x, 1 for y
   */
  static <T extends TNumber> SampleGrid<T> of(
      Ops tf, Operand<T> boxes, double scale, RoiAlignment alignment, int axis) {
    Class<T> type = boxes.type();
    Operand<T> factor = tf.constant(type, scale);
    List<Operand<T>> edges = GraphBoxes.edges(tf, tf.stopGradient(boxes));
    Operand<T> start = tf.math.mul(edges.get(axis), factor);
    Operand<T> end = tf.math.mul(edges.get(axis + 2), factor);
    Operand<T> length = tf.math.sub(end, start);
    return switch (alignment) {
      case HALF_PIXEL ->
          new SampleGrid<>(tf.math.sub(start, tf.constant(type, HALF_PIXEL)), length);
      case LEGACY ->
          new SampleGrid<>(start, tf.math.maximum(length, tf.constant(type, SHORTEST_LEGACY)));
    };
  }

  /** Distance of samples. */
  Operand<T> spacing(Ops tf, int samples) {
    return tf.math.div(length, tf.constant(length.type(), samples));
  }

  /** The middle of the first of {@code samples} equal parts. */
  Operand<T> first(Ops tf, int samples) {
    Operand<T> half = tf.constant(length.type(), 0.5);
    return tf.math.add(start, tf.math.mul(half, spacing(tf, samples)));
  }
}
