package io.github.tfkfac.internal.damping;

import io.github.tfkfac.Schedule;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.extension.DampingContext;
import io.github.tfkfac.extension.FactorPair;
import io.github.tfkfac.extension.FactorScale;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/**
 * {@code π√λ} for the input factor and {@code √λ/π} for the output-gradient factor, {@code π =
 * √((tr A/d_A) / (tr G/d_G))}.
 *
 * <p>π = 1 where either trace, or their ratio, is zero, negative or not finite: an output factor of
 * zeros, for one, says nothing about how to share the damping.
 *
 * <p>Source: Martens and Grosse 2015, section 6.3; two-level K-FAC, equations 8 and 9.
 *
 * @param lambda λ, positive; the strength
 */
public record FactoredTikhonov(Schedule lambda) implements Damping {

  public FactoredTikhonov {
    Strength.requirePositive("lambda", lambda);
  }

  public FactoredTikhonov(double lambda) {
    this(Strength.constant("lambda", lambda));
  }

  @Override
  public FactorScale scale() {
    return FactorScale.meanEigenvalue();
  }

  @Override
  public Schedule strength() {
    return lambda;
  }

  @Override
  public FactoredTikhonov withStrength(Schedule other) {
    return new FactoredTikhonov(other);
  }

  @Override
  public <T extends TNumber> FactorPair<T> of(
      Ops tf, FactorPair<T> scales, DampingContext context, Class<T> type) {
    Operand<T> root = tf.dtypes.cast(tf.math.sqrt(context.strength()), type);
    Operand<T> pi = share(tf, scales, type);
    return new FactorPair<>(tf.math.mul(pi, root), tf.math.div(root, pi));
  }

  private static <T extends TNumber> Operand<T> share(Ops tf, FactorPair<T> scales, Class<T> type) {
    Operand<T> zero = tf.constant(type, 0);
    Operand<T> ratio = tf.math.divNoNan(scales.input(), scales.output());
    // A finite positive ratio rules out infinite scales, but not two negative ones.
    Operand<TBool> usable =
        tf.math.logicalAnd(
            tf.math.logicalAnd(tf.math.isFinite(ratio), tf.math.greater(ratio, zero)),
            tf.math.greater(scales.output(), zero));
    return tf.math.sqrt(tf.select(usable, ratio, tf.constant(type, 1)));
  }
}
