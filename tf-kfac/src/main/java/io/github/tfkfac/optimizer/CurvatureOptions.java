package io.github.tfkfac.optimizer;

import io.github.tfkfac.capture.Fisher;
import io.github.tfkfac.damping.Damping;
import io.github.tfkfac.damping.LevenbergMarquardt;
import io.github.tfkfac.factor.FactorEstimate;
import io.github.tfkfac.factor.Normalization;
import io.github.tfkfac.factor.SharedUses;
import io.github.tfkfac.graph.VariableFilter;
import io.github.tfkfac.linalg.Certification;
import io.github.tfkfac.linalg.InverseSolver;
import io.github.tfkfac.precondition.NormControl;
import io.github.tfkfac.schedule.Cadence;
import io.github.tfkfac.twolevel.CoarseCorrection;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Options for the estimation, approximation, refresh and use of the curvature.
 *
 * @param factors estimation of the Kronecker factors
 * @param approximation the preconditioner computed from the factors
 * @param refreshes when the preconditioner is recomputed
 * @param coarse the second level, if there is one
 * @param normControl update rescaling: control of the length of the preconditioned gradients
 * @param layers which layers are preconditioned, and what is different for some
 * @param adaptation how a factor of all dampings is adapted, if it is; see {@link
 *     #withAdaptiveDamping}
 */
public record CurvatureOptions(
    FactorOptions factors,
    Approximation approximation,
    RefreshPolicy refreshes,
    Optional<CoarseCorrection> coarse,
    NormControl normControl,
    LayerOptions layers,
    Optional<LevenbergMarquardt> adaptation) {

  public CurvatureOptions {
    if (factors.uses() == SharedUses.SEQUENTIAL && approximation.ofOneBatch().isPresent()) {
      throw new IllegalArgumentException(
          "expected an approximation with moving averages for updates per use"
              + " (SharedUses.SEQUENTIAL), found "
              + approximation.ofOneBatch().get()
              + "; use SharedUses.POOLED or another preset");
    }
    if (adaptation.isPresent()) {
      adaptationUnsupportedReason(factors, approximation)
          .ifPresent(
              obstacle -> {
                throw new IllegalArgumentException(
                    "expected averaged factors on the Fisher matrix's scale for a damping that is"
                        + " adapted, found "
                        + obstacle
                        + "; use KfacOptions.kfac() or one of its relatives, or leave the"
                        + " adaptation out");
              });
      LevenbergMarquardt rule = adaptation.get();
      if (rule.least() > 1 || rule.most() < 1) {
        throw new IllegalArgumentException(
            "expected bounds around 1, the first factor of an adapted damping, found "
                + rule.least()
                + " and "
                + rule.most());
      }
    }
  }

  /** A damping that is not adapted. */
  public CurvatureOptions(
      FactorOptions factors,
      Approximation approximation,
      RefreshPolicy refreshes,
      Optional<CoarseCorrection> coarse,
      NormControl normControl,
      LayerOptions layers) {
    this(factors, approximation, refreshes, coarse, normControl, layers, Optional.empty());
  }

  /** The same with another estimate of the factors. */
  public CurvatureOptions withFactors(FactorOptions other) {
    return new CurvatureOptions(
        other, approximation, refreshes, coarse, normControl, layers, adaptation);
  }

  /** The same with another approximation. */
  public CurvatureOptions withApproximation(Approximation other) {
    return new CurvatureOptions(factors, other, refreshes, coarse, normControl, layers, adaptation);
  }

  /** The same with another policy of refreshes. */
  public CurvatureOptions withRefreshes(RefreshPolicy other) {
    return new CurvatureOptions(
        factors, approximation, other, coarse, normControl, layers, adaptation);
  }

  /** The same with a second, coarse level (two-level K-FAC). */
  public CurvatureOptions withCoarse(CoarseCorrection correction) {
    return new CurvatureOptions(
        factors,
        approximation,
        refreshes,
        Optional.of(correction),
        normControl,
        layers,
        adaptation);
  }

  /** The same with another control of the directions' length. */
  public CurvatureOptions withNormControl(NormControl other) {
    return new CurvatureOptions(
        factors, approximation, refreshes, coarse, other, layers, adaptation);
  }

  /** The same with another treatment of layers. */
  public CurvatureOptions withLayers(LayerOptions other) {
    return new CurvatureOptions(
        factors, approximation, refreshes, coarse, normControl, other, adaptation);
  }

  /** The same with another choice of layers. */
  public CurvatureOptions withLayers(VariableFilter captured) {
    return withLayers(layers.withCaptured(captured));
  }

  /** The same with other times of the statistics. */
  public CurvatureOptions withStatistics(Cadence other) {
    return withFactors(factors.withStatistics(other));
  }

  /**
   * The same with another decay of the moving averages, whose kind stays: of a growing average it
   * is the limit.
   */
  public CurvatureOptions withAverageDecay(double share) {
    return withFactors(factors.withDecay(factors.decay().withShare(share)));
  }

  /** The same with another normalization of a batch's factors. */
  public CurvatureOptions withNormalization(Normalization other) {
    return withFactors(factors.withNormalization(other));
  }

  /** The same with another damping. */
  public CurvatureOptions withDamping(Damping other) {
    return withApproximation(approximation.withDamping(other));
  }

  /**
   * The same with a damping that is adapted (Levenberg–Marquardt): the strength of every damping,
   * of all layers and of the coarse level, is what its schedule says times one factor, 1 at the
   * start, within the rule's bounds.
   *
   * <p>The loop has to run {@link Kfac#dampingAdaptation} when it is due; if it never does, the
   * factor stays 1. Inverses take up a new factor at their next refresh, eigenbases in the next
   * step.
   *
   * @throws IllegalArgumentException if the model of the loss has another scale than the loss,
   *     because factors are normalized or not averaged
   */
  public CurvatureOptions withAdaptiveDamping(LevenbergMarquardt rule) {
    return new CurvatureOptions(
        factors, approximation, refreshes, coarse, normControl, layers, Optional.of(rule));
  }

  /** Reason why the damping cannot be adapted, if that is so. */
  public Optional<String> adaptationUnsupportedReason() {
    return adaptationUnsupportedReason(factors, approximation);
  }

  private static Optional<String> adaptationUnsupportedReason(
      FactorOptions factors, Approximation approximation) {
    if (approximation.ofOneBatch().isPresent()) {
      return approximation.ofOneBatch();
    }
    if (!(factors.normalization() instanceof Normalization.None)) {
      return Optional.of("normalized factors (NKFAC)");
    }
    return factors.estimate() instanceof FactorEstimate.PerExample
        ? Optional.empty()
        : Optional.of("means over rows");
  }

  /** The same with every damping changed. */
  CurvatureOptions withDampings(UnaryOperator<Damping> change) {
    return withDamping(change.apply(approximation.damping()))
        .withLayers(layers.withDampings(change));
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

  /** Part of the options that needs a step's batch as a whole, if any does. */
  Optional<String> obstacleToAccumulation() {
    if (approximation.ofWholeBatch().isPresent()) {
      return approximation.ofWholeBatch();
    }
    if (coarse.isPresent()) {
      return Optional.of("a coarse level (two-level K-FAC)");
    }
    if (factors.uses() == SharedUses.SEQUENTIAL) {
      return Optional.of("updates per use of a weight (SharedUses.SEQUENTIAL)");
    }
    if (adaptation.isPresent()) {
      return Optional.of("an adapted damping (Levenberg–Marquardt)");
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
