package io.github.tfkfac.internal.linalg;

import io.github.tfkfac.InverseSolver;
import io.github.tfkfac.NewtonStep;
import io.github.tfkfac.StepRule;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * An approximate inverse by Newton's iteration {@code B ← ((1+α)I − α·B·M)·B} from the warm start.
 *
 * <p>The residual {@code R = I − B·M} becomes {@code R·(I − α·B·M)}: with α = 1 its norm is squared
 * by each iteration once the eigenvalues of B·M lie in (0, 2).
 *
 * <p><i>Numerics</i>: keeps the symmetry of the warm start to rounding. An exact inverse is a fixed
 * point; so is zero, which must not be the warm start.
 *
 * <p>Source: NKFAC, with the step size tested in every iteration.
 *
 * @param iterations Newton steps per inverse, at least 1
 * @param rule how α is chosen
 */
public record NewtonInverse(int iterations, StepRule rule) implements InverseSolver {

  /**
   * @throws IllegalArgumentException if {@code iterations < 1}
   */
  public NewtonInverse {
    if (iterations < 1) {
      throw new IllegalArgumentException(
          "expected iterations >= 1 of the Newton inverse, found " + iterations + "; NKFAC uses 1");
    }
    Objects.requireNonNull(rule, "rule");
  }

  @Override
  public <T extends TNumber> Operand<T> inverse(Ops tf, Operand<T> matrix, Operand<T> warmStart) {
    return refine(tf, matrix, warmStart).inverse();
  }

  /**
   * The inverse together with the branch taken.
   *
   * @throws IllegalArgumentException if the warm start has another shape than the matrix
   */
  public <T extends TNumber> NewtonStep<T> refine(Ops tf, Operand<T> matrix, Operand<T> warmStart) {
    Matrices.order(matrix);
    if (!matrix.shape().equals(warmStart.shape())) {
      throw new IllegalArgumentException(
          "expected a warm start of the matrix's shape "
              + matrix.shape()
              + ", found "
              + warmStart.asOutput()
              + "; pass an inverse of this matrix");
    }
    NewtonStep<T> result = rule.step(tf, matrix, warmStart);
    for (int iteration = 1; iteration < iterations; iteration++) {
      NewtonStep<T> next = rule.step(tf, matrix, result.inverse());
      result =
          new NewtonStep<>(
              next.inverse(),
              tf.math.logicalAnd(result.fullStep(), next.fullStep()),
              result.startResidual());
    }
    return result;
  }

  @Override
  public boolean needsWarmStart() {
    return true;
  }
}
