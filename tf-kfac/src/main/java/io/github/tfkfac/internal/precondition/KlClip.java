package io.github.tfkfac.internal.precondition;

import io.github.tfkfac.Constant;
import io.github.tfkfac.Schedule;
import io.github.tfkfac.extension.NormControl;
import io.github.tfkfac.extension.StepContext;
import java.util.Collections;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/**
 * Scales all layers by {@code ν = min(1, √(κ / (lr²·Σ|⟨V, D⟩|)))}, so that the predicted change of
 * the model's distribution in a step is at most about κ.
 *
 * <p>{@code ⟨V, D⟩ = VᵀFV} where V is {@code F⁻¹D} with the damped Fisher F. Variables outside of
 * captured layers are neither counted nor scaled.
 *
 * <p><i>Numerics</i>: ν in float64; zero gradients give 1. Source: Ba, Grosse and Martens 2017;
 * two-level K-FAC, equation 10.
 *
 * @param bound κ, positive
 */
public record KlClip(Schedule bound) implements NormControl {

  /**
   * @throws IllegalArgumentException if the bound is a constant that is not positive
   */
  public KlClip {
    if (bound instanceof Constant constant && !(constant.value() > 0)) {
      throw new IllegalArgumentException(
          "expected a KL clip's bound > 0, found "
              + constant.value()
              + "; 1e-3 is usual, NormControl.none() switches it off");
    }
  }

  @Override
  public <T extends TNumber> Controlled<T> apply(
      Ops tf,
      List<Operand<T>> preconditioned,
      List<Operand<T>> gradients,
      StepContext context,
      Class<T> type) {
    if (preconditioned.isEmpty()) {
      return new Controlled<>(List.of(), List.of());
    }
    Operand<T> factor = tf.dtypes.cast(factor(tf, preconditioned, gradients, context), type);
    return Controlled.scaled(
        tf, preconditioned, Collections.nCopies(preconditioned.size(), factor));
  }

  /** ν, a scalar. */
  <T extends TNumber> Operand<TFloat64> factor(
      Ops tf, List<Operand<T>> preconditioned, List<Operand<T>> gradients, StepContext context) {
    Operand<TFloat64> total = tf.math.abs(inner(tf, preconditioned.get(0), gradients.get(0)));
    for (int i = 1; i < preconditioned.size(); i++) {
      total = tf.math.add(total, tf.math.abs(inner(tf, preconditioned.get(i), gradients.get(i))));
    }
    Operand<TFloat64> change = tf.math.mul(tf.math.square(context.learningRate()), total);
    Operand<TFloat64> kappa = bound.at(tf, context.step());
    return tf.math.sqrt(tf.math.div(kappa, tf.math.maximum(kappa, change)));
  }

  private static <T extends TNumber> Operand<TFloat64> inner(
      Ops tf, Operand<T> preconditioned, Operand<T> gradient) {
    Operand<T> products =
        tf.reshape(tf.math.mul(preconditioned, gradient), tf.constant(new int[] {-1}));
    return tf.dtypes.cast(tf.reduceSum(products, tf.constant(0)), TFloat64.class);
  }
}
