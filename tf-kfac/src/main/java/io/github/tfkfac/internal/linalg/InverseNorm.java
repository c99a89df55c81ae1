package io.github.tfkfac.internal.linalg;

import io.github.tfkfac.NewtonStep;
import io.github.tfkfac.StepRule;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/**
 * NKFAC's step size: {@code X = B·M; α = 1/‖X‖_F if ‖I − X‖_F ≥ 1 else 1}.
 *
 * <p><i>Numerics</i>: two matrix products; {@code B + α(I − X)B} is computed, a correction to B. α
 * never exceeds the reciprocal of the spectral radius in the shortened branch, so the eigenvalues
 * of X stay positive. As the norm grows with √d, the full step is rare for d ≥ 128.
 */
public record InverseNorm() implements StepRule {

  @Override
  public <T extends TNumber> NewtonStep<T> step(Ops tf, Operand<T> matrix, Operand<T> inverse) {
    Operand<T> x = Matrices.multiply(tf, inverse, matrix);
    Operand<T> residual = Matrices.identityMinus(tf, x);
    Operand<T> residualNorm = Matrices.frobeniusNorm(tf, residual);
    Operand<T> one = tf.constantOfSameType(matrix, 1);
    Operand<TBool> fullStep = tf.math.less(residualNorm, one);
    Operand<T> alpha =
        tf.select(fullStep, one, tf.math.divNoNan(one, Matrices.frobeniusNorm(tf, x)));
    Operand<T> correction = Matrices.multiply(tf, residual, inverse);
    return new NewtonStep<>(
        tf.math.add(inverse, tf.math.mul(Matrices.overEntries(tf, alpha), correction)),
        fullStep,
        residualNorm);
  }
}
