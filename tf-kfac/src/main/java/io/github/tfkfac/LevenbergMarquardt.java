package io.github.tfkfac;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat64;

/**
 * Adapts λ to how well the quadratic model predicts the loss: with {@code ρ = (h(θ+δ) − h(θ)) /
 * (M(δ) − M(0))} every T steps {@code λ ← ω^T·λ if ρ > ¾, λ ← ω^−T·λ if ρ < ¼}, within bounds.
 *
 * <p>λ may as well be a factor of dampings; the bounds are then those of the factor.
 *
 * <p><i>Numerics</i>: float64. A ratio that is not a number, as that of a loss that is none, raises
 * λ.
 *
 * <p>Source: Martens and Grosse 2015, section 6.5.
 *
 * @param rate ω, in (0, 1)
 * @param period T, steps between two changes
 * @param least lower bound of λ, positive
 * @param most upper bound of λ
 */
public record LevenbergMarquardt(double rate, Cadence period, double least, double most) {

  private static final double GOOD = 0.75;
  private static final double POOR = 0.25;

  public LevenbergMarquardt {
    if (!(rate > 0 && rate < 1)) {
      throw new IllegalArgumentException(
          "expected the rate of an adapted damping in (0, 1), found " + rate + "; 19/20 is usual");
    }
    if (!(least > 0 && least <= most) || !Double.isFinite(most)) {
      throw new IllegalArgumentException(
          "expected bounds 0 < least <= most of an adapted damping, found "
              + least
              + " and "
              + most);
    }
  }

  /** The published constants, {@code ω = 19/20} and {@code T = 5}, within bounds. */
  public static LevenbergMarquardt within(double least, double most) {
    return new LevenbergMarquardt(19.0 / 20, Cadence.every(5), least, most);
  }

  /**
   * ρ.
   *
   * @param before the loss of a batch before the step
   * @param after the loss of the same batch after it
   * @param predicted {@code M(δ) − M(0)}, the model's change
   */
  public static Operand<TFloat64> reductionRatio(
      Ops tf, Operand<TFloat64> before, Operand<TFloat64> after, Operand<TFloat64> predicted) {
    return tf.math.div(tf.math.sub(after, before), predicted);
  }

  /** The next λ. */
  public Operand<TFloat64> next(Ops tf, Operand<TFloat64> lambda, Operand<TFloat64> ratio) {
    double factor = Math.pow(rate, (double) period.period());
    Operand<TBool> good = tf.math.greater(ratio, tf.constant(GOOD));
    Operand<TBool> fair = tf.math.greaterEqual(ratio, tf.constant(POOR));
    Operand<TFloat64> change =
        tf.select(
            good, tf.constant(factor), tf.select(fair, tf.constant(1.0), tf.constant(1 / factor)));
    return tf.math.minimum(
        tf.math.maximum(tf.math.mul(lambda, change), tf.constant(least)), tf.constant(most));
  }
}
