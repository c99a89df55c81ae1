package io.github.tfkfac.detection.train;

import io.github.tfkfac.models.layer.Axes;
import io.github.tfkfac.models.layer.Parameter;
import io.github.tfkfac.models.layer.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;

/** Exchanges left and right. */
final class Mirror {

  /** What remains of a box's deltas x, y, width and height. */
  static final double[] DELTA_SIGNS = {-1, 1, 1, 1};

  private Mirror() {}

  /** Values of {@code [..., columns, channels]} with the columns in reverse. */
  static double[] columns(double[] values, int columns, int channels) {
    double[] mirrored = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int column = i / channels % columns;
      mirrored[i + (columns - 1 - 2 * column) * channels] = values[i];
    }
    return mirrored;
  }

  /** Deltas {@code [..., 4]} of mirrored boxes relative to mirrored references. */
  static double[] deltas(double[] values) {
    double[] mirrored = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      mirrored[i] = DELTA_SIGNS[i % 4] * values[i];
    }
    return mirrored;
  }

  /** Boxes {@code [..., 4]}, x becoming {@code span − x}. */
  static double[] boxes(double[] values, double span) {
    double[] mirrored = values.clone();
    for (int i = 0; i < values.length; i += 4) {
      mirrored[i] = span - values[i + 2];
      mirrored[i + 2] = span - values[i];
    }
    return mirrored;
  }

  /**
   * Assignments after which a detector does to a mirrored image what it did to the image: kernels
   * are mirrored, and so are the deltas that the heads give.
   */
  static List<Op> parameters(Ops tf, ParameterStore<TFloat64> store) {
    List<Op> assignments = new ArrayList<>();
    for (Parameter<TFloat64> parameter : store.parameters()) {
      Operand<TFloat64> value = tf.identity(parameter.variable());
      assignments.add(tf.assign(parameter.variable(), mirrored(tf, parameter, value)));
    }
    return assignments;
  }

  private static Operand<TFloat64> mirrored(
      Ops tf, Parameter<TFloat64> parameter, Operand<TFloat64> value) {
    if (parameter.name().contains("bbox_pred")) {
      Operand<TFloat64> byDelta = tf.reshape(value, tf.array(-1, DELTA_SIGNS.length));
      return tf.reshape(
          tf.math.mul(byDelta, tf.constant(DELTA_SIGNS)), tf.constant(parameter.shape().asArray()));
    }
    if (parameter.axes() instanceof Axes.FlattenedDense flat) {
      long[] pooled = {flat.height(), flat.width(), flat.channels(), parameter.shape().get(1)};
      Operand<TFloat64> rows = tf.reverse(tf.reshape(value, tf.array(pooled)), tf.array(1));
      return tf.reshape(rows, tf.constant(parameter.shape().asArray()));
    }
    return parameter.shape().numDimensions() == 4 ? tf.reverse(value, tf.array(1)) : value;
  }
}
