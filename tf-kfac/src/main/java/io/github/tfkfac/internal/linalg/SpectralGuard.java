package io.github.tfkfac.internal.linalg;

import io.github.tfkfac.NewtonStep;
import io.github.tfkfac.PowerIteration;
import io.github.tfkfac.StepRule;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/**
 * A full step wherever the spectrum of {@code X = B·M} allows it: {@code α = 1 if x_max < 1.8 else
 * 1/x_max}, then B is symmetrized.
 *
 * <p>{@code x_max} is 1.1 times the estimate of the spectral radius of X after 20 matrix-vector
 * products. (X is similar to a symmetric matrix but not symmetric: its largest singular value would
 * be several times too large a bound and shorten almost every step.)
 *
 * <p><i>Numerics</i>: two matrix products; symmetric to the last bit.
 */
public record SpectralGuard() implements StepRule {

  private static final PowerIteration POWER_ITERATION = new PowerIteration(20);
  private static final double SAFETY = 1.1;
  private static final double FULL_STEP_BELOW = 1.8;

  @Override
  public <T extends TNumber> NewtonStep<T> step(Ops tf, Operand<T> matrix, Operand<T> inverse) {
    Operand<T> x = Matrices.multiply(tf, inverse, matrix);
    Operand<T> bound =
        tf.math.mul(POWER_ITERATION.spectralRadius(tf, x), tf.constantOfSameType(matrix, SAFETY));
    Operand<TBool> fullStep = tf.math.less(bound, tf.constantOfSameType(matrix, FULL_STEP_BELOW));
    Operand<T> one = tf.constantOfSameType(matrix, 1);
    Operand<T> alpha = tf.select(fullStep, one, tf.math.divNoNan(one, bound));
    Operand<T> residual = Matrices.identityMinus(tf, x);
    Operand<T> correction = Matrices.multiply(tf, residual, inverse);
    Operand<T> improved =
        tf.math.add(inverse, tf.math.mul(Matrices.overEntries(tf, alpha), correction));
    return new NewtonStep<>(
        Matrices.symmetrize(tf, improved), fullStep, Matrices.frobeniusNorm(tf, residual));
  }
}
