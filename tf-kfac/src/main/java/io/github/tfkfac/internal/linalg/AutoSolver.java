package io.github.tfkfac.internal.linalg;

import io.github.tfkfac.InverseSolver;
import io.github.tfkfac.SolverTimings;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * For every order of matrix the direct solver that was measured to be the fastest.
 *
 * <p><i>Numerics</i>: that of the solver; which one it is depends on the timings alone.
 *
 * @param timings measured on the current device
 */
public record AutoSolver(SolverTimings timings) implements InverseSolver {

  public AutoSolver {
    Objects.requireNonNull(timings, "timings");
  }

  @Override
  public <T extends TNumber> Operand<T> inverse(Ops tf, Operand<T> matrix, Operand<T> warmStart) {
    return timings.fastest(Matrices.order(matrix)).inverse(tf, matrix, warmStart);
  }

  @Override
  public boolean needsWarmStart() {
    return false;
  }
}
