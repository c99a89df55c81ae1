package io.github.tfkfac.update;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Bounds the loss's gradients before anything is done with them.
 *
 * <p>The statistics of the layers are not clipped.
 */
public sealed interface GradientClipping {

  /** The gradients as they will be used; same order and shapes. */
  <T extends TNumber> List<Operand<T>> clip(Ops tf, List<Operand<T>> gradients, Class<T> type);

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
    public <T extends TNumber> List<Operand<T>> clip(
        Ops tf, List<Operand<T>> gradients, Class<T> type) {
      return gradients;
    }
  }

  /**
   * {@code g * min(1, largest / norm)} (Pascanu et al. 2013).
   *
   * @param largest the joint norm's bound
   */
  record GlobalNorm(double largest) implements GradientClipping {

    public GlobalNorm {
      requirePositive(largest);
    }

    @Override
    public <T extends TNumber> List<Operand<T>> clip(
        Ops tf, List<Operand<T>> gradients, Class<T> type) {
      List<Operand<T>> squares = new ArrayList<>();
      for (Operand<T> gradient : gradients) {
        Operand<T> flat = tf.reshape(gradient, tf.constant(new int[] {-1}));
        squares.add(tf.reduceSum(tf.math.square(flat), tf.constant(0)));
      }
      Operand<T> norm = tf.math.sqrt(tf.math.addN(squares));
      Operand<T> bound = tf.constant(type, largest);
      Operand<T> factor = tf.math.div(bound, tf.math.maximum(norm, bound));
      List<Operand<T>> clipped = new ArrayList<>();
      gradients.forEach(gradient -> clipped.add(tf.math.mul(gradient, factor)));
      return clipped;
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
    public <T extends TNumber> List<Operand<T>> clip(
        Ops tf, List<Operand<T>> gradients, Class<T> type) {
      List<Operand<T>> clipped = new ArrayList<>();
      for (Operand<T> gradient : gradients) {
        clipped.add(
            tf.clipByValue(gradient, tf.constant(type, -largest), tf.constant(type, largest)));
      }
      return clipped;
    }
  }

  private static void requirePositive(double largest) {
    if (!(largest > 0) || !Double.isFinite(largest)) {
      throw new IllegalArgumentException("expected a clipping bound > 0, found " + largest);
    }
  }
}
