package io.github.tfkfac.models.layer;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceMin;
import org.tensorflow.op.nn.TopK;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Builds the initial value of a parameter.
 *
 * <p><i>Numerics</i>: drawn in float32 by stateless operations and converted by {@link
 * ParameterStore}, so that a network starts from the same values in float32 and in float64.
 */
@FunctionalInterface
public interface Initializer {

  /**
   * The initial value.
   *
   * @param tf where operations are added
   * @param shape shape of the parameter
   * @param axes meaning of its axes, which gives the fans
   * @param seed key of this parameter's random numbers
   */
  Operand<TFloat32> initialValue(Ops tf, Shape shape, Axes axes, Seed seed);

  /** Every entry {@code value}. */
  static Initializer constant(float value) {
    return (tf, shape, axes, seed) -> tf.fill(tf.constant(shape), tf.constant(value));
  }

  /** Every entry 0. */
  static Initializer zeros() {
    return constant(0f);
  }

  /** Every entry 1. */
  static Initializer ones() {
    return constant(1f);
  }

  /** Normal with this standard deviation and mean 0. */
  static Initializer normal(double deviation) {
    return (tf, shape, axes, seed) -> normal(tf, shape, seed, deviation);
  }

  /** Normal with variance {@code 2 / fanIn} (He et al., 2015, eq. 10). */
  static Initializer heNormal() {
    return (tf, shape, axes, seed) -> normal(tf, shape, seed, Math.sqrt(2.0 / axes.fanIn(shape)));
  }

  /** Normal with variance {@code 2 / fanOut} (He et al., 2015, eq. 14). */
  static Initializer heNormalFanOut() {
    return (tf, shape, axes, seed) -> normal(tf, shape, seed, Math.sqrt(2.0 / axes.fanOut(shape)));
  }

  /** Uniform in {@code ±sqrt(6 / (fanIn + fanOut))} (Glorot and Bengio, 2010, eq. 16). */
  static Initializer glorotUniform() {
    return (tf, shape, axes, seed) ->
        uniform(tf, shape, seed, Math.sqrt(6.0 / (axes.fanIn(shape) + axes.fanOut(shape))));
  }

  /** Uniform in {@code ±1 / sqrt(fanIn)}, the usual start of a classifier's last layer. */
  static Initializer fanInUniform() {
    return (tf, shape, axes, seed) ->
        uniform(tf, shape, seed, 1.0 / Math.sqrt((double) axes.fanIn(shape)));
  }

  /**
   * Standard normal for this many inputs of every output, drawn at random, and 0 for the others
   * (Martens, 2010, section 5). For kernels {@code [inputs, outputs]}; with fewer inputs it is
   * normal for all.
   */
  static Initializer sparse(int connections) {
    Checks.positive("connections of a sparse start", connections);
    return (tf, shape, axes, seed) -> {
      Operand<TFloat32> values = normal(tf, shape, seed, 1);
      if (connections >= shape.get(0)) {
        return values;
      }
      Operand<TFloat32> drawn =
          tf.random.statelessRandomUniform(
              tf.constant(Shape.of(shape.get(1), shape.get(0))),
              Seed.of(seed.first() ^ seed.second(), "connections").toOperand(tf),
              TFloat32.class);
      TopK<TFloat32, TInt32> largest = tf.nn.topK(drawn, tf.constant(connections), TInt32.class);
      Operand<TFloat32> smallestKept =
          tf.reduceMin(largest.values(), tf.constant(1), ReduceMin.keepDims(true));
      Operand<TFloat32> kept =
          tf.dtypes.cast(tf.math.greaterEqual(drawn, smallestKept), TFloat32.class);
      return tf.math.mul(values, tf.linalg.transpose(kept, tf.constant(new int[] {1, 0})));
    };
  }

  private static Operand<TFloat32> normal(Ops tf, Shape shape, Seed seed, double deviation) {
    return tf.math.mul(
        tf.random.statelessRandomNormal(tf.constant(shape), seed.toOperand(tf), TFloat32.class),
        tf.constant((float) deviation));
  }

  private static Operand<TFloat32> uniform(Ops tf, Shape shape, Seed seed, double bound) {
    Operand<TFloat32> unit =
        tf.random.statelessRandomUniform(tf.constant(shape), seed.toOperand(tf), TFloat32.class);
    return tf.math.mul(tf.math.sub(unit, tf.constant(0.5f)), tf.constant((float) (2.0 * bound)));
  }
}
