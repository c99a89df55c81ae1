package io.github.tfkfac.optimizer;

import io.github.tfkfac.capture.Fisher;
import io.github.tfkfac.damping.Damping;
import io.github.tfkfac.factor.AverageDecay;
import io.github.tfkfac.factor.Normalisation;
import io.github.tfkfac.factor.SharedUses;
import io.github.tfkfac.graph.VariableFilter;
import io.github.tfkfac.linalg.Certification;
import io.github.tfkfac.linalg.InverseSolver;
import io.github.tfkfac.precondition.NormControl;
import io.github.tfkfac.schedule.Cadence;
import io.github.tfkfac.twolevel.CoarseCorrection;
import java.util.Optional;

/**
 * How the curvature is estimated, approximated, refreshed and used.
 *
 * @param factors how the Kronecker factors are estimated
 * @param approximation what is derived from them
 * @param refreshes when that is derived anew
 * @param coarse the second level, if there is one
 * @param normControl what is done about the length of the preconditioned gradients
 * @param layers which layers are preconditioned, and what is different for some
 */
public record CurvatureOptions(
    FactorOptions factors,
    Approximation approximation,
    RefreshPolicy refreshes,
    Optional<CoarseCorrection> coarse,
    NormControl normControl,
    LayerOptions layers) {

  public CurvatureOptions {
    if (factors.uses() == SharedUses.SEQUENTIAL && approximation instanceof Approximation.LowRank) {
      throw new IllegalArgumentException(
          "expected an approximation with moving averages for updates per use"
              + " (SharedUses.SEQUENTIAL), found inverses of the mini-batch (SKFAC); use"
              + " SharedUses.POOLED or another preset");
    }
  }

  /** The same with another estimate of the factors. */
  public CurvatureOptions withFactors(FactorOptions other) {
    return new CurvatureOptions(other, approximation, refreshes, coarse, normControl, layers);
  }

  /** The same with another approximation. */
  public CurvatureOptions withApproximation(Approximation other) {
    return new CurvatureOptions(factors, other, refreshes, coarse, normControl, layers);
  }

  /** The same with another policy of refreshes. */
  public CurvatureOptions withRefreshes(RefreshPolicy other) {
    return new CurvatureOptions(factors, approximation, other, coarse, normControl, layers);
  }

  /** The same with a second, coarse level (two-level K-FAC). */
  public CurvatureOptions withCoarse(CoarseCorrection correction) {
    return new CurvatureOptions(
        factors, approximation, refreshes, Optional.of(correction), normControl, layers);
  }

  /** The same with another control of the directions' length. */
  public CurvatureOptions withNormControl(NormControl other) {
    return new CurvatureOptions(factors, approximation, refreshes, coarse, other, layers);
  }

  /** The same with another treatment of layers. */
  public CurvatureOptions withLayers(LayerOptions other) {
    return new CurvatureOptions(factors, approximation, refreshes, coarse, normControl, other);
  }

  /** The same with another choice of layers. */
  public CurvatureOptions withLayers(VariableFilter captured) {
    return withLayers(layers.withCaptured(captured));
  }

  /** The same with other times of the statistics. */
  public CurvatureOptions withStatistics(Cadence other) {
    return withFactors(factors.withStatistics(other));
  }

  /** The same with another decay of the moving averages. */
  public CurvatureOptions withAverageDecay(double share) {
    return withFactors(factors.withDecay(AverageDecay.fixed(share)));
  }

  /** The same with another normalisation of a batch's factors. */
  public CurvatureOptions withNormalisation(Normalisation other) {
    return withFactors(factors.withNormalisation(other));
  }

  /** The same with another damping. */
  public CurvatureOptions withDamping(Damping other) {
    return withApproximation(approximation.withDamping(other));
  }

  /**
   * The same with another solver of exact refreshes.
   *
   * @throws IllegalStateException if the approximation does not invert averaged factors
   */
  public CurvatureOptions withExactSolver(InverseSolver other) {
    Approximation.Inverses inverses = inverses();
    return withApproximation(inverses.withSolvers(other, inverses.iterativeSolver()));
  }

  /**
   * The same with another solver of iterative refreshes.
   *
   * @throws IllegalStateException if the approximation does not invert averaged factors
   */
  public CurvatureOptions withIterativeSolver(InverseSolver other) {
    Approximation.Inverses inverses = inverses();
    return withApproximation(inverses.withSolvers(inverses.exactSolver(), other));
  }

  /**
   * The same with iterative refreshes that are probed and repaired.
   *
   * @throws IllegalStateException if the approximation does not invert averaged factors
   */
  public CurvatureOptions withCertification(Certification certification) {
    return withApproximation(inverses().withCertification(certification));
  }

  /** What needs a step's batch as a whole, if anything does. */
  Optional<String> obstacleToAccumulation() {
    if (approximation instanceof Approximation.LowRank) {
      return Optional.of("inverses of the mini-batch (SKFAC)");
    }
    if (approximation instanceof Approximation.Eigenbases bases
        && bases.spectrum() == Approximation.Spectrum.REESTIMATED) {
      return Optional.of("a re-estimated spectrum (EKFAC)");
    }
    if (coarse.isPresent()) {
      return Optional.of("a coarse level (two-level K-FAC)");
    }
    if (factors.uses() == SharedUses.SEQUENTIAL) {
      return Optional.of("updates per use of a weight (SharedUses.SEQUENTIAL)");
    }
    return factors.fisher() instanceof Fisher.Empirical
        ? Optional.empty()
        : Optional.of(factors.fisher() + " targets");
  }

  private Approximation.Inverses inverses() {
    if (approximation instanceof Approximation.Inverses inverses) {
      return inverses;
    }
    throw new IllegalStateException(
        "expected an approximation by inverses of the averaged factors to choose a solver for,"
            + " found "
            + approximation
            + "; leave the solver out or choose another preset");
  }
}
