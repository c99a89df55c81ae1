package io.github.tfkfac;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/**
 * Bounds the loss's gradients before anything is done with them.
 *
 * <p>The statistics of the layers are not clipped.
 */
public sealed interface GradientClipping {

  /**
   * The gradients as they will be used; same order and shapes.
   *
   * @param gradients by variable name
   */
  <T extends TNumber> Map<String, Operand<T>> clip(
      Ops tf, Map<String, Operand<T>> gradients, Class<T> type);

  /** Leaves the gradients as they are. */
  static GradientClipping none() {
    return new None();
  }

  /** Scales all gradients together so that their joint 2-norm is at most {@code largest}. */
  static GradientClipping globalNorm(double largest) {
    return new GlobalNorm(largest);
  }

  /** Cuts every entry to {@code [-largest, largest]}. */
  static GradientClipping value(double largest) {
    return new Value(largest);
  }

  /** No clipping. */
  record None() implements GradientClipping {
    @Override
    public <T extends TNumber> Map<String, Operand<T>> clip(
        Ops tf, Map<String, Operand<T>> gradients, Class<T> type) {
      return gradients;
    }
  }

  /**
   * {@code g * min(1, largest / norm)} (Pascanu et al. 2013).
   *
   * <p><i>Numerics</i>: the gradients are divided by their largest magnitude (or by the bound, if
   * that is larger) before they are squared, so no finite gradient overflows. Gradients within the
   * bound stay as they are, bit for bit.
   *
   * @param largest the joint norm's bound
   */
  record GlobalNorm(double largest) implements GradientClipping {

    public GlobalNorm {
      requirePositive(largest);
    }

    @Override
    public <T extends TNumber> Map<String, Operand<T>> clip(
        Ops tf, Map<String, Operand<T>> gradients, Class<T> type) {
      Operand<T> bound = tf.constant(type, largest);
      Operand<T> scale = tf.math.maximum(largestMagnitude(tf, gradients.values()), bound);
      List<Operand<T>> squares = new ArrayList<>();
      for (Operand<T> gradient : gradients.values()) {
        squares.add(sum(tf, tf.math.square(tf.math.div(gradient, scale))));
      }
      Operand<T> scaledNorm = tf.math.sqrt(tf.math.addN(squares));
      Operand<TBool> tooLarge = tf.math.greater(scaledNorm, tf.math.div(bound, scale));
      Operand<T> one = tf.constant(type, 1);
      Operand<T> divisor = tf.select(tooLarge, scale, one);
      Operand<T> factor = tf.select(tooLarge, tf.math.div(bound, scaledNorm), one);
      Map<String, Operand<T>> clipped = new LinkedHashMap<>();
      gradients.forEach(
          (name, gradient) ->
              clipped.put(name, tf.math.mul(tf.math.div(gradient, divisor), factor)));
      return clipped;
    }

    private static <T extends TNumber> Operand<T> largestMagnitude(
        Ops tf, Collection<Operand<T>> gradients) {
      List<Operand<T>> each = new ArrayList<>();
      for (Operand<T> gradient : gradients) {
        each.add(tf.reduceMax(flat(tf, tf.math.abs(gradient)), tf.constant(0)));
      }
      return tf.reduceMax(tf.stack(each), tf.constant(0));
    }

    private static <T extends TNumber> Operand<T> sum(Ops tf, Operand<T> value) {
      return tf.reduceSum(flat(tf, value), tf.constant(0));
    }

    private static <T extends TNumber> Operand<T> flat(Ops tf, Operand<T> value) {
      return tf.reshape(value, tf.constant(new int[] {-1}));
    }
  }

  /**
   * Entry-wise bound.
   *
   * @param largest the bound of the absolute value
   */
  record Value(double largest) implements GradientClipping {

    public Value {
      requirePositive(largest);
    }

    @Override
    public <T extends TNumber> Map<String, Operand<T>> clip(
        Ops tf, Map<String, Operand<T>> gradients, Class<T> type) {
      Map<String, Operand<T>> clipped = new LinkedHashMap<>();
      gradients.forEach(
          (name, gradient) ->
              clipped.put(
                  name,
                  tf.clipByValue(
                      gradient, tf.constant(type, -largest), tf.constant(type, largest))));
      return clipped;
    }
  }

  private static void requirePositive(double largest) {
    if (!(largest > 0) || !Double.isFinite(largest)) {
      throw new IllegalArgumentException("expected a clipping bound > 0, found " + largest);
    }
  }
}
