package io.github.tfkfac;

import io.github.tfkfac.internal.linalg.ExactLineSearch;
import io.github.tfkfac.internal.linalg.InverseNorm;
import io.github.tfkfac.internal.linalg.SpectralGuard;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Rule by which the Newton iteration {@code B ← ((1+α)I − α·B·M)·B} chooses its step size α.
 *
 * <p>With α = 1 the iteration diverges as soon as an eigenvalue of B·M exceeds 2, so every rule
 * shortens the step when B is far from the inverse. Each matrix of a batch has its own α.
 *
 * <p>Source: NKFAC, "step-size rules".
 */
public interface StepRule {

  /**
   * One step.
   *
   * @param matrix the (damped) matrix M to invert
   * @param inverse the approximate inverse B to improve
   */
  <T extends TNumber> NewtonStep<T> step(Ops tf, Operand<T> matrix, Operand<T> inverse);

  /** NKFAC's rule: {@code 1/‖B·M‖_F} far from the inverse. */
  static StepRule inverseNorm() {
    return new InverseNorm();
  }

  /** The step that minimizes the Frobenius norm of the residual. */
  static StepRule exactLineSearch() {
    return new ExactLineSearch();
  }

  /** A full step wherever the spectrum allows it. */
  static StepRule spectralGuard() {
    return new SpectralGuard();
  }
}
