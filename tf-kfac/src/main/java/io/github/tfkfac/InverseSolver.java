package io.github.tfkfac;

import io.github.tfkfac.internal.linalg.AutoSolver;
import io.github.tfkfac.internal.linalg.BlockInverse;
import io.github.tfkfac.internal.linalg.CholeskyInverse;
import io.github.tfkfac.internal.linalg.EigenInverse;
import io.github.tfkfac.internal.linalg.FiniteGuard;
import io.github.tfkfac.internal.linalg.LuInverse;
import io.github.tfkfac.internal.linalg.NewtonInverse;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * A way to invert a symmetric positive definite matrix.
 *
 * <p><i>Shapes</i>: {@code [d, d]} or {@code [c, d, d]}, in and out.
 *
 * <p><i>Numerics</i>: float32 or float64 throughout. No damping is added here: the caller passes
 * the damped matrix. A matrix with a NaN or an infinity gives NaN, not a failed step; {@link
 * FiniteGuard} tells.
 */
public interface InverseSolver {

  /**
   * The inverse of {@code matrix}, exact or approximate.
   *
   * @param warmStart an earlier inverse of a nearby matrix, of the same shape; read only by solvers
   *     that need it
   * @throws IllegalArgumentException if the matrix is not square or its size is not static
   */
  <T extends TNumber> Operand<T> inverse(Ops tf, Operand<T> matrix, Operand<T> warmStart);

  /**
   * Whether the result depends on the warm start, so that the first inverse must come elsewhere.
   */
  boolean needsWarmStart();

  /** Exact, for any invertible matrix. */
  static InverseSolver lu() {
    return new LuInverse();
  }

  /** Exact and symmetric, by one factorization. */
  static InverseSolver cholesky() {
    return new CholeskyInverse();
  }

  /**
   * Exact and symmetric, mostly by matrix products; cheaper than a Newton step from d = 1152 on.
   */
  static InverseSolver block() {
    return new BlockInverse();
  }

  /** Exact and symmetric, with eigenvalues bounded away from zero. */
  static InverseSolver eigen() {
    return new EigenInverse();
  }

  /** The fastest direct one for every order. */
  static InverseSolver fastest(SolverTimings timings) {
    return new AutoSolver(timings);
  }

  /** Newton iterations from the warm start. */
  static InverseSolver newton(int iterations, StepRule rule) {
    return new NewtonInverse(iterations, rule);
  }
}
