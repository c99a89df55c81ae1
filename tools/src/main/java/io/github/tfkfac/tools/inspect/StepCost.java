package io.github.tfkfac.tools.inspect;

/**
 * Floating point operations of each part of a step, were it due; {@link CostModel} has the
 * formulas.
 *
 * @param training forward and backward pass
 * @param statistics one update of what is averaged
 * @param iterativeRefresh one refresh of the inverses or eigenvectors, an iterative one if there
 *     are any
 * @param exactRefresh one refresh from nothing
 * @param preconditioning what every step adds
 */
public record StepCost(
    double training,
    double statistics,
    double iterativeRefresh,
    double exactRefresh,
    double preconditioning) {

  /**
   * Ratio of the time of an operation of a decomposition to that of one of training: its columns
   * depend on each other, and a plain step's products do not. Measured on two cores with blocks of
   * 256 to 2,048 rows: 2 to 4.
   */
  static final double DECOMPOSITION = 4;

  /**
   * Operations that could be computed in the time that the smallest step takes, some 2 ms; without
   * it small networks, where a refresh is a matter of milliseconds, would seem to need a limit.
   */
  static final double SMALLEST_STEP = 2e8;

  static final StepCost ZERO = new StepCost(0, 0, 0, 0, 0);

  /** The cost of both. */
  public StepCost plus(StepCost other) {
    return new StepCost(
        training + other.training,
        statistics + other.statistics,
        iterativeRefresh + other.iterativeRefresh,
        exactRefresh + other.exactRefresh,
        preconditioning + other.preconditioning);
  }

  /** Statistics and a refresh from nothing, as many plain steps as take that long. */
  double firstRefresh() {
    return (statistics + DECOMPOSITION * exactRefresh) / (SMALLEST_STEP + training);
  }

  /** Overhead of an average step over training, as fractions of training. */
  public Overhead overhead(long statisticsPeriod, long inversePeriod) {
    return new Overhead(
        statistics / statisticsPeriod / training,
        iterativeRefresh / inversePeriod / training,
        preconditioning / training);
  }
}
