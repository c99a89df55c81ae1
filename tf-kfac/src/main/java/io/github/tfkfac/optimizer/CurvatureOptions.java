package io.github.tfkfac.optimizer;

import io.github.tfkfac.damping.Damping;
import io.github.tfkfac.factor.Normalisation;
import io.github.tfkfac.graph.VariableFilter;
import io.github.tfkfac.linalg.InverseSolver;
import io.github.tfkfac.precondition.NormControl;
import io.github.tfkfac.schedule.Cadence;

/**
 * How the Kronecker factors are estimated, damped and inverted.
 *
 * @param statistics when the statistics are updated
 * @param averageDecay share of the old moving average that is kept at an update, in [0, 1)
 * @param normalisation what is done to a batch's factor before it enters the average
 * @param damping what is added to the diagonal before inversion
 * @param refreshes when the inverses are refreshed, and when exactly
 * @param exactSolver the solver of exact refreshes
 * @param iterativeSolver the solver of the others; it starts from the inverse so far
 * @param normControl what is done about the length of a preconditioned gradient
 * @param layers which layers may be captured, by the name of their weight
 * @param fallback whether a matrix or kernel may be trained without preconditioning
 */
public record CurvatureOptions(
    Cadence statistics,
    double averageDecay,
    Normalisation normalisation,
    Damping damping,
    RefreshPolicy refreshes,
    InverseSolver exactSolver,
    InverseSolver iterativeSolver,
    NormControl normControl,
    VariableFilter layers,
    Fallback fallback) {

  /**
   * What happens to a matrix or kernel (a variable of rank 2 or more) that belongs to no captured
   * layer.
   */
  public enum Fallback {
    /** It is trained by the same rule without preconditioning. */
    TRAIN_PLAINLY,
    /** {@code minimize} refuses the graph and names it. */
    REFUSE
  }

  public CurvatureOptions {
    if (!(averageDecay >= 0 && averageDecay < 1)) {
      throw new IllegalArgumentException(
          "expected the moving average's decay in [0, 1), found " + averageDecay);
    }
    if (exactSolver.needsWarmStart()) {
      throw new IllegalArgumentException(
          "expected a direct solver for exact refreshes, found "
              + exactSolver
              + "; use LU, Cholesky or eigendecomposition");
    }
  }

  /** The same with other times of the statistics. */
  public CurvatureOptions withStatistics(Cadence other) {
    return new CurvatureOptions(
        other,
        averageDecay,
        normalisation,
        damping,
        refreshes,
        exactSolver,
        iterativeSolver,
        normControl,
        layers,
        fallback);
  }

  /** The same with another decay of the moving averages. */
  public CurvatureOptions withAverageDecay(double other) {
    return new CurvatureOptions(
        statistics,
        other,
        normalisation,
        damping,
        refreshes,
        exactSolver,
        iterativeSolver,
        normControl,
        layers,
        fallback);
  }

  /** The same with another normalisation of a batch's factors. */
  public CurvatureOptions withNormalisation(Normalisation other) {
    return new CurvatureOptions(
        statistics,
        averageDecay,
        other,
        damping,
        refreshes,
        exactSolver,
        iterativeSolver,
        normControl,
        layers,
        fallback);
  }

  /** The same with another damping. */
  public CurvatureOptions withDamping(Damping other) {
    return new CurvatureOptions(
        statistics,
        averageDecay,
        normalisation,
        other,
        refreshes,
        exactSolver,
        iterativeSolver,
        normControl,
        layers,
        fallback);
  }

  /** The same with another policy of refreshes. */
  public CurvatureOptions withRefreshes(RefreshPolicy other) {
    return new CurvatureOptions(
        statistics,
        averageDecay,
        normalisation,
        damping,
        other,
        exactSolver,
        iterativeSolver,
        normControl,
        layers,
        fallback);
  }

  /** The same with another solver of exact refreshes. */
  public CurvatureOptions withExactSolver(InverseSolver other) {
    return new CurvatureOptions(
        statistics,
        averageDecay,
        normalisation,
        damping,
        refreshes,
        other,
        iterativeSolver,
        normControl,
        layers,
        fallback);
  }

  /** The same with another solver of iterative refreshes. */
  public CurvatureOptions withIterativeSolver(InverseSolver other) {
    return new CurvatureOptions(
        statistics,
        averageDecay,
        normalisation,
        damping,
        refreshes,
        exactSolver,
        other,
        normControl,
        layers,
        fallback);
  }

  /** The same with another control of the direction's length. */
  public CurvatureOptions withNormControl(NormControl other) {
    return new CurvatureOptions(
        statistics,
        averageDecay,
        normalisation,
        damping,
        refreshes,
        exactSolver,
        iterativeSolver,
        other,
        layers,
        fallback);
  }

  /** The same with another choice of layers. */
  public CurvatureOptions withLayers(VariableFilter other) {
    return new CurvatureOptions(
        statistics,
        averageDecay,
        normalisation,
        damping,
        refreshes,
        exactSolver,
        iterativeSolver,
        normControl,
        other,
        fallback);
  }

  /** The same with another treatment of matrices outside of captured layers. */
  public CurvatureOptions withFallback(Fallback other) {
    return new CurvatureOptions(
        statistics,
        averageDecay,
        normalisation,
        damping,
        refreshes,
        exactSolver,
        iterativeSolver,
        normControl,
        layers,
        other);
  }
}
