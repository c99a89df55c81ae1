package io.github.tfkfac.extension;

import io.github.tfkfac.Schedule;
import io.github.tfkfac.internal.precondition.KlClip;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Control of the length of the preconditioned gradients: update rescaling, norm constraint or
 * clipping.
 *
 * <p>A control sees all captured layers at once: one that treats every layer by itself is a {@link
 * PerLayer}, one that scales them all together is not. An optimizer has one control, so the two
 * kinds do not meet.
 */
public interface NormControl {

  /**
   * The directions that are used.
   *
   * @param preconditioned every layer's preconditioned gradient, weight and bias together
   * @param gradients every layer's gradient in the same shape
   */
  <T extends TNumber> Controlled<T> apply(
      Ops tf,
      List<Operand<T>> preconditioned,
      List<Operand<T>> gradients,
      StepContext context,
      Class<T> type);

  /**
   * Result of a control.
   *
   * @param directions every layer's direction: its factor times its preconditioned gradient
   * @param factors every layer's factor, a scalar
   */
  record Controlled<T extends TNumber>(List<Operand<T>> directions, List<Operand<T>> factors) {

    public Controlled {
      directions = List.copyOf(directions);
      factors = List.copyOf(factors);
    }

    /** Scales every layer by its factor. */
    public static <T extends TNumber> Controlled<T> scaled(
        Ops tf, List<Operand<T>> preconditioned, List<Operand<T>> factors) {
      List<Operand<T>> directions = new ArrayList<>();
      for (int i = 0; i < preconditioned.size(); i++) {
        directions.add(tf.math.mul(preconditioned.get(i), factors.get(i)));
      }
      return new Controlled<>(directions, factors);
    }
  }

  /** NKFAC's norm recovery. */
  static NormControl recovery() {
    return new Recovery();
  }

  /** Leaves the lengths as they are. */
  static NormControl none() {
    return new None();
  }

  /** Bounds the predicted change of the model's distribution in a step. */
  static NormControl klClip(double bound) {
    return klClip(Schedule.constant(bound));
  }

  /** The same with a bound that depends on the step. */
  static NormControl klClip(Schedule bound) {
    return new KlClip(bound);
  }

  /** A control that treats every layer by itself. */
  interface PerLayer extends NormControl {

    /** The scalar by which a layer's preconditioned gradient is multiplied. */
    <T extends TNumber> Operand<T> factor(
        Ops tf, Operand<T> preconditioned, Operand<T> gradient, Class<T> type);

    @Override
    default <T extends TNumber> Controlled<T> apply(
        Ops tf,
        List<Operand<T>> preconditioned,
        List<Operand<T>> gradients,
        StepContext context,
        Class<T> type) {
      List<Operand<T>> factors = new ArrayList<>();
      for (int i = 0; i < preconditioned.size(); i++) {
        factors.add(factor(tf, preconditioned.get(i), gradients.get(i), type));
      }
      return Controlled.scaled(tf, preconditioned, factors);
    }
  }

  /**
   * Gives the preconditioned gradient the gradient's Frobenius norm: {@code V * |D| / (|V| +
   * 1e-12)} (Sun et al. 2023, NKFAC). A zero gradient stays zero.
   */
  record Recovery() implements PerLayer {
    @Override
    public <T extends TNumber> Operand<T> factor(
        Ops tf, Operand<T> preconditioned, Operand<T> gradient, Class<T> type) {
      return tf.math.div(
          norm(tf, gradient), tf.math.add(norm(tf, preconditioned), tf.constant(type, 1e-12)));
    }

    private static <T extends TNumber> Operand<T> norm(Ops tf, Operand<T> value) {
      Operand<T> flat = tf.reshape(value, tf.constant(new int[] {-1}));
      return tf.math.sqrt(tf.reduceSum(tf.math.square(flat), tf.constant(0)));
    }
  }

  /** No change. */
  record None() implements NormControl {
    @Override
    public <T extends TNumber> Controlled<T> apply(
        Ops tf,
        List<Operand<T>> preconditioned,
        List<Operand<T>> gradients,
        StepContext context,
        Class<T> type) {
      Operand<T> one = tf.constant(type, 1);
      return new Controlled<>(preconditioned, preconditioned.stream().map(v -> one).toList());
    }
  }
}
