package io.github.tfkfac;

import io.github.tfkfac.Approximation.Eigenbases;
import io.github.tfkfac.Approximation.Inverses;
import io.github.tfkfac.Approximation.LowRank;
import io.github.tfkfac.Approximation.Spectrum;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.extension.NormControl;
import io.github.tfkfac.extension.UpdateRules;
import io.github.tfkfac.internal.linalg.BlockInverse;
import io.github.tfkfac.internal.linalg.InverseNorm;
import io.github.tfkfac.internal.linalg.NewtonInverse;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The options of {@link Kfac}: a preset and changes to it.
 *
 * <p>Every {@code with} method changes what it names and keeps the rest. A group of options is
 * changed by a function of it:
 *
 * <pre>{@code
 * KfacOptions options =
 *     KfacOptions.nkfac()
 *         .withLearningRate(0.1)
 *         .withFactors(factors -> factors.withPositions(Positions.reduce()))
 *         .withLayer("head/*", layer -> layer.withDamping(Damping.relative(0.03)));
 * }</pre>
 *
 * @param training options that {@code Kfac} shares with first-order optimizers
 * @param factors estimation of the Kronecker factors
 * @param approximation the preconditioner computed from the factors
 * @param refreshes when the preconditioner is recomputed
 * @param coarse the second level, if there is one
 * @param normControl update rescaling: control of the length of the preconditioned gradients
 * @param layers which layers are preconditioned, and what is different for some
 * @param adaptation how a factor of all dampings is adapted, if it is; see {@link
 *     #withAdaptiveDamping}
 */
public record KfacOptions(
    TrainingOptions training,
    FactorOptions factors,
    Approximation approximation,
    RefreshPolicy refreshes,
    Optional<CoarseCorrection> coarse,
    NormControl normControl,
    LayerOptions layers,
    Optional<LevenbergMarquardt> adaptation) {

  public KfacOptions {
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
    if (training.accumulation() > 1) {
      accumulationUnsupportedReason(factors, approximation, coarse, adaptation)
          .ifPresent(
              reason -> {
                throw new IllegalArgumentException(
                    "expected one batch per step with "
                        + reason
                        + ", found "
                        + training.accumulation()
                        + " micro-batches; use a larger batch or another preset");
              });
    }
  }

  /** NKFAC's moving-average decay, beta. */
  public static final double AVERAGE_DECAY = 0.95;

  /** NKFAC's share of the largest eigenvalue in the damping, eta. */
  public static final double DAMPING_SHARE = 0.01;

  /** K-FAC's damping λ for the perceptrons of Tselepidis et al. 2020. */
  public static final double KFAC_DAMPING = 1e-2;

  /** K-FAC's bound κ of the KL clip in the same experiments. */
  public static final double KL_CLIP = 1e-3;

  /** NKFAC's statistics period, T_stat. */
  public static final long STATISTICS_PERIOD = 20;

  /** NKFAC's inverse period, T_inv. */
  public static final long INVERSE_PERIOD = 200;

  /**
   * NKFAC (Sun et al. 2023) with its settings for CIFAR: momentum 0.9, learning rate 0.05, weight
   * decay 1e-3, periods 20 and 200, one Newton iteration per refresh.
   */
  public static KfacOptions nkfac() {
    return normalized(
        TrainingOptions.of(0.05, new Momentum(0.9), 1e-3), STATISTICS_PERIOD, INVERSE_PERIOD);
  }

  /**
   * AdaNKFAC: NKFAC's preconditioned gradient moved by AdamW; learning rate 1e-3, no weight decay,
   * periods 100 and 1000.
   */
  public static KfacOptions adaNkfac() {
    AdamW rule =
        new AdamW(0.9, 0.999, 1e-8, AdamW.Decay.BIAS_CORRECTED_STEP, AdamW.SecondMoment.CURRENT);
    return normalized(TrainingOptions.of(1e-3, rule, 0), 100, 1000);
  }

  /**
   * K-FAC with exact damping of the Kronecker product in its eigenbasis (Martens and Grosse 2015;
   * Tselepidis et al. 2020, appendix A): per-example factors, decay {@code min(1 - 1/k, 0.95)},
   * empirical Fisher, KL clip. Settings of the latter for its perceptrons: λ 1e-2, κ 1e-3, learning
   * rate 1e-3, periods 10 and 100, momentum 0.9, no weight decay.
   */
  public static KfacOptions kfac() {
    return kfac(new Eigenbases(Damping.absolute(KFAC_DAMPING), Spectrum.PRODUCT));
  }

  /**
   * K-FAC with inverses of the factors after factored Tikhonov damping (Martens and Grosse 2015,
   * section 6.3; Tselepidis et al. 2020, equations 8 and 9); other settings as in {@link #kfac()}.
   */
  public static KfacOptions kfacTikhonov() {
    return kfac(inverses(Damping.factoredTikhonov(KFAC_DAMPING)));
  }

  /**
   * EKFAC (George et al. 2018): K-FAC's eigenbasis with the diagonal re-estimated whenever the
   * statistics are updated; other settings as in {@link #kfac()}.
   */
  public static KfacOptions ekfac() {
    return kfac(new Eigenbases(Damping.absolute(KFAC_DAMPING), Spectrum.REESTIMATED));
  }

  /**
   * Two-level K-FAC with the additive correction, as published; other settings as in {@link
   * #kfac()}.
   */
  public static KfacOptions twoLevel() {
    return kfac().withCoarse(CoarseCorrection.additive());
  }

  /**
   * KFAC*: exact inverses with NKFAC's normalized statistics, relative damping and norm recovery,
   * and its other settings (Sun et al. 2023, supplement).
   */
  public static KfacOptions kfacStar() {
    return nkfac()
        .withApproximation(inverses(Damping.relative()))
        .withRefreshes(RefreshPolicy.exactEvery(INVERSE_PERIOD));
  }

  /**
   * SKFAC (Tang et al. 2021): inverses of one mini-batch's factors by the Woodbury identity,
   * damping √λ on each, positions of a convolution reduced; KL clip and other settings as {@link
   * #kfac()}.
   */
  public static KfacOptions skfac() {
    return kfac(new LowRank(Damping.squareRoot(KFAC_DAMPING)));
  }

  /** SKFAC*: SKFAC with NKFAC's normalization, relative damping, norm recovery and settings. */
  public static KfacOptions skfacStar() {
    return nkfac()
        .withApproximation(new LowRank(Damping.relative()))
        .withRefreshes(RefreshPolicy.exactEvery(INVERSE_PERIOD));
  }

  private static KfacOptions kfac(Approximation approximation) {
    return new KfacOptions(
        TrainingOptions.of(1e-3, new Momentum(0.9), 0),
        new FactorOptions(
            Cadence.every(10),
            AverageDecay.growing(AVERAGE_DECAY),
            Fisher.empirical(),
            Positions.expand(),
            SharedUses.POOLED,
            FactorEstimate.perExample(),
            Normalization.none()),
        approximation,
        RefreshPolicy.exactEvery(100),
        Optional.empty(),
        NormControl.klClip(KL_CLIP),
        LayerOptions.all(),
        Optional.empty());
  }

  private static Inverses inverses(Damping damping) {
    return new Inverses(damping, new BlockInverse(), new BlockInverse());
  }

  private static KfacOptions normalized(
      TrainingOptions training, long statisticsPeriod, long inversePeriod) {
    return new KfacOptions(
        training,
        new FactorOptions(
            Cadence.every(statisticsPeriod),
            AverageDecay.fixed(AVERAGE_DECAY),
            Fisher.empirical(),
            Positions.expand(),
            SharedUses.POOLED,
            FactorEstimate.meanOfRows(),
            Normalization.frobenius()),
        new Inverses(
            Damping.relative(), new BlockInverse(), new NewtonInverse(1, new InverseNorm())),
        RefreshPolicy.every(inversePeriod),
        Optional.empty(),
        NormControl.recovery(),
        LayerOptions.all(),
        Optional.empty());
  }

  /** The same with other training options. */
  public KfacOptions withTraining(UnaryOperator<TrainingOptions> change) {
    return with(parts -> parts.training = change.apply(training));
  }

  /** The same with another estimate of the factors. */
  public KfacOptions withFactors(UnaryOperator<FactorOptions> change) {
    return with(parts -> parts.factors = change.apply(factors));
  }

  /** The same with another approximation, such as one by blocks of another kind. */
  public KfacOptions withApproximation(Approximation other) {
    return with(parts -> parts.approximation = other);
  }

  /** The same with times of the refreshes changed by a function. */
  public KfacOptions withRefreshes(UnaryOperator<RefreshPolicy> change) {
    return with(parts -> parts.refreshes = change.apply(refreshes));
  }

  /** The same with other times of the refreshes. */
  public KfacOptions withRefreshes(RefreshPolicy other) {
    return withRefreshes(any -> other);
  }

  /** The same with a second, coarse level (two-level K-FAC). */
  public KfacOptions withCoarse(CoarseCorrection correction) {
    return with(parts -> parts.coarse = Optional.of(correction));
  }

  /** The same with another control of the preconditioned gradients' length. */
  public KfacOptions withNormControl(NormControl other) {
    return with(parts -> parts.normControl = other);
  }

  /** The same with another treatment of layers. */
  public KfacOptions withLayers(UnaryOperator<LayerOptions> change) {
    return with(parts -> parts.layers = change.apply(layers));
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
  public KfacOptions withAdaptiveDamping(LevenbergMarquardt rule) {
    return with(parts -> parts.adaptation = Optional.of(rule));
  }

  /** The same with another constant learning rate. */
  public KfacOptions withLearningRate(double value) {
    return withTraining(given -> given.withLearningRate(value));
  }

  /** The same with another learning rate schedule. */
  public KfacOptions withLearningRate(Schedule schedule) {
    return withTraining(given -> given.withLearningRate(schedule));
  }

  /** The same with another weight decay; see {@link ParameterGroups#withWeightDecay}. */
  public KfacOptions withWeightDecay(double value) {
    return withTraining(given -> given.withWeightDecay(value));
  }

  /** The same with another weight decay schedule. */
  public KfacOptions withWeightDecay(Schedule schedule) {
    return withTraining(given -> given.withWeightDecay(schedule));
  }

  /** The same with another update rule, or one for each variable. */
  public KfacOptions withRule(UpdateRules rule) {
    return withTraining(given -> given.withRule(rule));
  }

  /** The same with gradient clipping. */
  public KfacOptions withClipping(GradientClipping clipping) {
    return withTraining(given -> given.withClipping(clipping));
  }

  /** The same with another choice of trained variables. */
  public KfacOptions withVariables(VariableFilter variables) {
    return withTraining(given -> given.withVariables(variables));
  }

  /** The same with other periods, in training steps, of the statistics and of the inverses. */
  public KfacOptions withPeriods(long statisticsPeriod, long inversePeriod) {
    return withFactors(given -> given.withStatistics(Cadence.every(statisticsPeriod)))
        .withRefreshes(given -> given.withPeriod(inversePeriod));
  }

  /**
   * The same with another decay of the moving averages, whose kind stays: of a growing average it
   * is the limit.
   */
  public KfacOptions withAverageDecay(double share) {
    return withFactors(given -> given.withDecay(given.decay().withShare(share)));
  }

  /** The same with another Fisher matrix. */
  public KfacOptions withFisher(Fisher fisher) {
    return withFactors(given -> given.withFisher(fisher));
  }

  /** The same with another damping. */
  public KfacOptions withDamping(Damping other) {
    return withApproximation(approximation.withDamping(other));
  }

  /** The same with the factors' refreshes spread over the inverse period. */
  public KfacOptions staggered() {
    return withRefreshes(RefreshPolicy::staggered);
  }

  /** The same with all factors refreshed in the same step. */
  public KfacOptions unstaggered() {
    return withRefreshes(RefreshPolicy::together);
  }

  /**
   * The same with another step rule and number of Newton iterations per refresh.
   *
   * @throws IllegalStateException if no refresh is iterative
   */
  public KfacOptions withNewton(int iterations, StepRule rule) {
    if (refreshes.alwaysExact()) {
      throw new IllegalStateException(
          "expected refreshes of which some are iterative to choose Newton's iterations for, found"
              + " that every refresh is exact; choose others first, such as"
              + " withRefreshes(RefreshPolicy.every(200)), or leave the iterations out");
    }
    return withIterativeSolver(new NewtonInverse(iterations, rule));
  }

  /**
   * The same with another solver of exact refreshes.
   *
   * @throws IllegalStateException if the approximation does not invert averaged factors
   */
  public KfacOptions withExactSolver(InverseSolver other) {
    Approximation.Inverses inverses = inverses();
    return withApproximation(inverses.withSolvers(other, inverses.iterativeSolver()));
  }

  /**
   * The same with another solver of iterative refreshes.
   *
   * @throws IllegalStateException if the approximation does not invert averaged factors
   */
  public KfacOptions withIterativeSolver(InverseSolver other) {
    Approximation.Inverses inverses = inverses();
    return withApproximation(inverses.withSolvers(inverses.exactSolver(), other));
  }

  /**
   * The same with iterative refreshes that are verified with random probes, with fallback.
   *
   * @throws IllegalStateException if the approximation does not invert averaged factors
   */
  public KfacOptions withCertification(Certification certification) {
    return withApproximation(inverses().withCertification(certification));
  }

  /**
   * The same with iterative refreshes that are verified with 4 random probes, with fallback.
   *
   * @param tolerance largest residual {@code ‖(I − B·M)v‖} of a probe v that is accepted, such as
   *     0.1
   * @throws IllegalStateException if the approximation does not invert averaged factors
   */
  public KfacOptions withCertification(double tolerance) {
    return withCertification(new Certification(Certification.USUAL_PROBES, tolerance));
  }

  /**
   * The same with inverses that are applied to the gradients in another precision.
   *
   * @throws IllegalStateException if the approximation has no inverses of factors
   */
  public KfacOptions withPreconditioningPrecision(PreconditioningPrecision precision) {
    if (approximation instanceof Inverses inverses) {
      return withApproximation(inverses.withPrecision(precision));
    }
    if (approximation instanceof LowRank lowRank) {
      return withApproximation(lowRank.withPrecision(precision));
    }
    throw new IllegalStateException(
        "expected an approximation by inverses of the factors to choose a precision for, found "
            + approximation
            + "; leave the precision out or choose another preset");
  }

  /**
   * The same with settings for the layers whose weight's name matches a pattern, such as {@code
   * head/*}; later calls win.
   */
  public KfacOptions withLayer(String pattern, UnaryOperator<LayerOverride> settings) {
    return withLayers(given -> given.withLayer(pattern, settings));
  }

  /**
   * The same, but layers whose weight's name matches a pattern are trained without preconditioning.
   */
  public KfacOptions withSkippedLayers(String... patterns) {
    return withLayers(given -> given.withSkipped(patterns));
  }

  /** The same, but a matrix or kernel that belongs to no captured layer is rejected. */
  public KfacOptions strict() {
    return withLayers(given -> given.withFallback(LayerOptions.Fallback.FAIL));
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
  public KfacOptions withDampings(UnaryOperator<Damping> change) {
    return withDamping(change.apply(approximation.damping()))
        .withLayers(given -> given.withDampings(change));
  }

  /** Part of the options that needs a step's batch as a whole, if any does. */
  private static Optional<String> accumulationUnsupportedReason(
      FactorOptions factors,
      Approximation approximation,
      Optional<CoarseCorrection> coarse,
      Optional<LevenbergMarquardt> adaptation) {
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

  private KfacOptions with(Consumer<Parts> change) {
    Parts parts = new Parts(this);
    change.accept(parts);
    return parts.options();
  }

  /** Parts of options that are being changed. */
  private static final class Parts {
    private TrainingOptions training;
    private FactorOptions factors;
    private Approximation approximation;
    private RefreshPolicy refreshes;
    private Optional<CoarseCorrection> coarse;
    private NormControl normControl;
    private LayerOptions layers;
    private Optional<LevenbergMarquardt> adaptation;

    Parts(KfacOptions options) {
      training = options.training;
      factors = options.factors;
      approximation = options.approximation;
      refreshes = options.refreshes;
      coarse = options.coarse;
      normControl = options.normControl;
      layers = options.layers;
      adaptation = options.adaptation;
    }

    KfacOptions options() {
      return new KfacOptions(
          training, factors, approximation, refreshes, coarse, normControl, layers, adaptation);
    }
  }
}
