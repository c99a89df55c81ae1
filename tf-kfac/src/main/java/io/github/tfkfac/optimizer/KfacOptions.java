package io.github.tfkfac.optimizer;

import io.github.tfkfac.capture.Fisher;
import io.github.tfkfac.damping.Damping;
import io.github.tfkfac.damping.LevenbergMarquardt;
import io.github.tfkfac.factor.AverageDecay;
import io.github.tfkfac.factor.FactorEstimate;
import io.github.tfkfac.factor.Normalization;
import io.github.tfkfac.factor.Positions;
import io.github.tfkfac.factor.SharedUses;
import io.github.tfkfac.linalg.CholeskyInverse;
import io.github.tfkfac.linalg.InverseNorm;
import io.github.tfkfac.linalg.NewtonInverse;
import io.github.tfkfac.linalg.StepRule;
import io.github.tfkfac.optimizer.Approximation.Eigenbases;
import io.github.tfkfac.optimizer.Approximation.Inverses;
import io.github.tfkfac.optimizer.Approximation.LowRank;
import io.github.tfkfac.optimizer.Approximation.Spectrum;
import io.github.tfkfac.optimizer.LayerOptions.Fallback;
import io.github.tfkfac.precondition.NormControl;
import io.github.tfkfac.schedule.Cadence;
import io.github.tfkfac.schedule.Schedule;
import io.github.tfkfac.twolevel.CoarseCorrection;
import io.github.tfkfac.update.AdamW;
import io.github.tfkfac.update.Momentum;
import io.github.tfkfac.update.ParameterGroups;
import java.util.Optional;

/**
 * The options of {@link Kfac}: a preset and changes to it.
 *
 * @param training what {@code Kfac} shares with first-order optimizers
 * @param curvature what is particular to it
 */
public record KfacOptions(TrainingOptions training, CurvatureOptions curvature) {

  public KfacOptions {
    if (training.accumulation() > 1) {
      curvature
          .obstacleToAccumulation()
          .ifPresent(
              obstacle -> {
                throw new IllegalArgumentException(
                    "expected one batch per step with "
                        + obstacle
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
    return new KfacOptions(
        TrainingOptions.of(0.05, new Momentum(0.9), 1e-3),
        curvature(STATISTICS_PERIOD, INVERSE_PERIOD));
  }

  /**
   * AdaNKFAC: NKFAC's preconditioned gradient moved by AdamW; learning rate 1e-3, no weight decay,
   * periods 100 and 1000.
   */
  public static KfacOptions adaNkfac() {
    AdamW rule =
        new AdamW(0.9, 0.999, 1e-8, AdamW.Decay.BIAS_CORRECTED_STEP, AdamW.SecondMoment.CURRENT);
    return new KfacOptions(TrainingOptions.of(1e-3, rule, 0), curvature(100, 1000));
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
   * section 6.3; Tselepidis et al. 2020, equations 8 and 9); otherwise as {@link #kfac()}.
   */
  public static KfacOptions kfacTikhonov() {
    return kfac(inverses(Damping.factoredTikhonov(KFAC_DAMPING)));
  }

  /**
   * EKFAC (George et al. 2018): K-FAC's eigenbasis with the diagonal re-estimated whenever the
   * statistics are updated; otherwise as {@link #kfac()}.
   */
  public static KfacOptions ekfac() {
    return kfac(new Eigenbases(Damping.absolute(KFAC_DAMPING), Spectrum.REESTIMATED));
  }

  /** Two-level K-FAC with the additive correction, as published; otherwise as {@link #kfac()}. */
  public static KfacOptions twoLevel() {
    return kfac().withCoarse(CoarseCorrection.additive());
  }

  /**
   * KFAC*: exact inverses with NKFAC's normalized statistics, relative damping and norm recovery,
   * and its other settings (Sun et al. 2023, supplement).
   */
  public static KfacOptions kfacStar() {
    KfacOptions nkfac = nkfac();
    return nkfac.withCurvature(
        nkfac
            .curvature()
            .withApproximation(inverses(Damping.relative()))
            .withRefreshes(RefreshPolicy.exactEvery(INVERSE_PERIOD)));
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
    KfacOptions nkfac = nkfac();
    return nkfac.withCurvature(
        nkfac
            .curvature()
            .withApproximation(new LowRank(Damping.relative()))
            .withRefreshes(RefreshPolicy.exactEvery(INVERSE_PERIOD)));
  }

  private static KfacOptions kfac(Approximation approximation) {
    return new KfacOptions(
        TrainingOptions.of(1e-3, new Momentum(0.9), 0),
        new CurvatureOptions(
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
            LayerOptions.all()));
  }

  private static Inverses inverses(Damping damping) {
    return new Inverses(damping, new CholeskyInverse(), new CholeskyInverse());
  }

  private static CurvatureOptions curvature(long statisticsPeriod, long inversePeriod) {
    return new CurvatureOptions(
        new FactorOptions(
            Cadence.every(statisticsPeriod),
            AverageDecay.fixed(AVERAGE_DECAY),
            Fisher.empirical(),
            Positions.expand(),
            SharedUses.POOLED,
            FactorEstimate.meanOfRows(),
            Normalization.frobenius()),
        new Inverses(
            Damping.relative(), new CholeskyInverse(), new NewtonInverse(1, new InverseNorm())),
        RefreshPolicy.every(inversePeriod),
        Optional.empty(),
        NormControl.recovery(),
        LayerOptions.all());
  }

  /** The same with other training options. */
  public KfacOptions withTraining(TrainingOptions other) {
    return new KfacOptions(other, curvature);
  }

  /** The same with other curvature options. */
  public KfacOptions withCurvature(CurvatureOptions other) {
    return new KfacOptions(training, other);
  }

  /** The same with another constant learning rate. */
  public KfacOptions withLearningRate(double value) {
    return withTraining(training.withLearningRate(value));
  }

  /** The same with another learning rate schedule. */
  public KfacOptions withLearningRate(Schedule schedule) {
    return withTraining(training.withLearningRate(schedule));
  }

  /** The same with another weight decay; see {@link ParameterGroups#withWeightDecay}. */
  public KfacOptions withWeightDecay(double value) {
    return withTraining(training.withWeightDecay(value));
  }

  /** The same with other periods, in training steps, of the statistics and of the inverses. */
  public KfacOptions withPeriods(long statisticsPeriod, long inversePeriod) {
    RefreshPolicy old = curvature.refreshes();
    return withCurvature(
        curvature
            .withStatistics(Cadence.every(statisticsPeriod))
            .withRefreshes(old.withPeriod(inversePeriod)));
  }

  /** The same with another decay of the moving averages; the limit of growing ones. */
  public KfacOptions withAverageDecay(double decay) {
    return withCurvature(curvature.withAverageDecay(decay));
  }

  /** The same with another approximation, such as one by blocks of another kind. */
  public KfacOptions withApproximation(Approximation other) {
    return withCurvature(curvature.withApproximation(other));
  }

  /** The same with another damping. */
  public KfacOptions withDamping(Damping damping) {
    return withCurvature(curvature.withDamping(damping));
  }

  /** The same with a damping that is adapted; see {@link CurvatureOptions#withAdaptiveDamping}. */
  public KfacOptions withAdaptiveDamping(LevenbergMarquardt rule) {
    return withCurvature(curvature.withAdaptiveDamping(rule));
  }

  /** The same with a second, coarse level (two-level K-FAC). */
  public KfacOptions withCoarse(CoarseCorrection correction) {
    return withCurvature(curvature.withCoarse(correction));
  }

  /** The same with another control of the directions' length. */
  public KfacOptions withNormControl(NormControl control) {
    return withCurvature(curvature.withNormControl(control));
  }

  /** The same with another Fisher matrix. */
  public KfacOptions withFisher(Fisher fisher) {
    return withCurvature(curvature.withFactors(curvature.factors().withFisher(fisher)));
  }

  /** The same with the factors' refreshes spread over the inverse period. */
  public KfacOptions staggered() {
    return withCurvature(curvature.withRefreshes(curvature.refreshes().staggered()));
  }

  /**
   * The same with another step rule and number of Newton iterations per refresh.
   *
   * @throws IllegalStateException if no refresh is iterative
   */
  public KfacOptions withNewton(int iterations, StepRule rule) {
    if (curvature.refreshes().alwaysExact()) {
      throw new IllegalStateException(
          "expected refreshes of which some are iterative to choose Newton's iterations for, found"
              + " that every refresh is exact; choose others first, such as"
              + " curvature().withRefreshes(RefreshPolicy.every(200)), or leave the iterations out");
    }
    return withCurvature(curvature.withIterativeSolver(new NewtonInverse(iterations, rule)));
  }

  /** The same with another treatment of layers. */
  public KfacOptions withLayers(LayerOptions other) {
    return withCurvature(curvature.withLayers(other));
  }

  /** The same, but a matrix or kernel that belongs to no captured layer is rejected. */
  public KfacOptions strict() {
    return withLayers(curvature.layers().withFallback(Fallback.FAIL));
  }
}
