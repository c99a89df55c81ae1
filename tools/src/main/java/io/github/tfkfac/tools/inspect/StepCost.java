package io.github.tfkfac.tools.inspect;

import io.github.tfkfac.linalg.CholeskyInverse;
import io.github.tfkfac.linalg.EigenInverse;
import io.github.tfkfac.linalg.InverseSolver;
import io.github.tfkfac.linalg.NewtonInverse;

/**
 * Floating point operations of each part of a step, were it due.
 *
 * <p>Per block, with n rows, a inputs (bias included) and b outputs: training {@code 6nab} (forward
 * and twice as much backward), statistics {@code n(a² + b²)} (2nd² for each factor, half by
 * symmetry), preconditioning {@code 2ab(a + b)}; the inverse of a factor of order d takes {@code
 * 4d³} per Newton iteration, {@code d³} by Cholesky, {@code 2d³} by LU, {@code 9d³} by
 * eigendecomposition. Elementwise work and damping are left out; convolution statistics may take
 * less than this, because overlapping patches share products.
 *
 * @param training forward and backward pass
 * @param statistics one update of both factors
 * @param iterativeRefresh one refresh of both inverses from the last ones
 * @param exactRefresh one refresh of both inverses from nothing
 * @param preconditioning what every step adds
 */
public record StepCost(
    double training,
    double statistics,
    double iterativeRefresh,
    double exactRefresh,
    double preconditioning) {

  static final StepCost ZERO = new StepCost(0, 0, 0, 0, 0);

  /** The cost of one layer. */
  public static StepCost of(LayerSize layer, InverseSolver iterative, InverseSolver exact) {
    double n = layer.rows();
    double a = layer.inputSize();
    double b = layer.outputSize();
    double blocks = layer.blocks();
    return new StepCost(
        blocks * 6 * n * a * b,
        blocks * n * (a * a + b * b),
        blocks * (inverse(iterative, a) + inverse(iterative, b)),
        blocks * (inverse(exact, a) + inverse(exact, b)),
        blocks * 2 * a * b * (a + b));
  }

  /** The cost of both. */
  public StepCost plus(StepCost other) {
    return new StepCost(
        training + other.training,
        statistics + other.statistics,
        iterativeRefresh + other.iterativeRefresh,
        exactRefresh + other.exactRefresh,
        preconditioning + other.preconditioning);
  }

  /** What an average step adds to training, as parts of training. */
  public Overhead overhead(long statisticsPeriod, long inversePeriod) {
    return new Overhead(
        statistics / statisticsPeriod / training,
        iterativeRefresh / inversePeriod / training,
        preconditioning / training);
  }

  private static double inverse(InverseSolver solver, double order) {
    double cube = order * order * order;
    if (solver instanceof NewtonInverse newton) {
      return 4 * cube * newton.iterations();
    }
    if (solver instanceof CholeskyInverse) {
      return cube;
    }
    return (solver instanceof EigenInverse ? 9 : 2) * cube;
  }
}
