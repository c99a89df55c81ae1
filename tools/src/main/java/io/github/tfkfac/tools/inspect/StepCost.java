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

  /** What an average step adds to training, as parts of training. */
  public Overhead overhead(long statisticsPeriod, long inversePeriod) {
    return new Overhead(
        statistics / statisticsPeriod / training,
        iterativeRefresh / inversePeriod / training,
        preconditioning / training);
  }
}
