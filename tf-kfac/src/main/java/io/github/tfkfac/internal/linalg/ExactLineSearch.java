package io.github.tfkfac.internal.linalg;

import io.github.tfkfac.NewtonStep;
import io.github.tfkfac.StepRule;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/**
 * The step size that minimizes the Frobenius norm of the residual: with {@code R = I − M·B}, {@code
 * α* = ⟨R, M·B·R⟩ / ‖M·B·R‖² if ‖R‖_F ≥ 1 else 1}.
 *
 * <p><i>Numerics</i>: three matrix products. The residual never grows, but a small eigenvalue of
 * M·B can raise α beyond the reciprocal of the largest one: B need not stay positive definite.
 */
public record ExactLineSearch() implements StepRule {

  @Override
  public <T extends TNumber> NewtonStep<T> step(Ops tf, Operand<T> matrix, Operand<T> inverse) {
    Operand<T> residual = Matrices.identityMinus(tf, Matrices.multiply(tf, matrix, inverse));
    Operand<T> residualNorm = Matrices.frobeniusNorm(tf, residual);
    Operand<T> correction = Matrices.multiply(tf, inverse, residual);
    Operand<T> change = Matrices.multiply(tf, matrix, correction);
    Operand<T> one = tf.constantOfSameType(matrix, 1);
    Operand<TBool> fullStep = tf.math.less(residualNorm, one);
    Operand<T> best =
        tf.math.divNoNan(
            Matrices.innerProduct(tf, residual, change), Matrices.innerProduct(tf, change, change));
    Operand<T> alpha = tf.select(fullStep, one, best);
    return new NewtonStep<>(
        tf.math.add(inverse, tf.math.mul(Matrices.overEntries(tf, alpha), correction)),
        fullStep,
        residualNorm);
  }
}
