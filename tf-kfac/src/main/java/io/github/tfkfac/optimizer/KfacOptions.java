package io.github.tfkfac.optimizer;

import io.github.tfkfac.capture.Fisher;
import io.github.tfkfac.damping.Damping;
import io.github.tfkfac.factor.AverageDecay;
import io.github.tfkfac.factor.FactorEstimate;
import io.github.tfkfac.factor.Normalisation;
import io.github.tfkfac.linalg.CholeskyInverse;
import io.github.tfkfac.linalg.InverseNorm;
import io.github.tfkfac.linalg.NewtonInverse;
import io.github.tfkfac.linalg.StepRule;
import io.github.tfkfac.optimizer.LayerOptions.Fallback;
import io.github.tfkfac.precondition.NormControl;
import io.github.tfkfac.schedule.Cadence;
import io.github.tfkfac.schedule.Schedule;
import io.github.tfkfac.update.AdamW;
import io.github.tfkfac.update.Momentum;

/**
 * The options of {@link Kfac}: a preset and changes to it.
 *
 * @param training what {@code Kfac} shares with first-order optimizers
 * @param curvature what is particular to it
 */
public record KfacOptions(TrainingOptions training, CurvatureOptions curvature) {

  /** NKFAC's moving-average decay, beta. */
  public static final double AVERAGE_DECAY = 0.95;

  /** NKFAC's share of the largest eigenvalue in the damping, eta. */
  public static final double DAMPING_SHARE = 0.01;

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

  private static CurvatureOptions curvature(long statisticsPeriod, long inversePeriod) {
    return new CurvatureOptions(
        new FactorOptions(
            Cadence.every(statisticsPeriod),
            AverageDecay.fixed(AVERAGE_DECAY),
            Fisher.empirical(),
            FactorEstimate.meanOfRows(),
            Normalisation.frobenius()),
        new Approximation.Inverses(
            Damping.relative(), new CholeskyInverse(), new NewtonInverse(1, new InverseNorm())),
        RefreshPolicy.every(inversePeriod),
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

  /** The same with one weight decay for every variable. */
  public KfacOptions withWeightDecay(double value) {
    return withTraining(training.withWeightDecay(value));
  }

  /** The same with other periods, in training steps, of the statistics and of the inverses. */
  public KfacOptions withPeriods(long statisticsPeriod, long inversePeriod) {
    RefreshPolicy old = curvature.refreshes();
    return withCurvature(
        curvature
            .withStatistics(Cadence.every(statisticsPeriod))
            .withRefreshes(
                new RefreshPolicy(inversePeriod, old.leadingPeriods(), old.exactEvery())));
  }

  /** The same with another decay of the moving averages. */
  public KfacOptions withAverageDecay(double decay) {
    return withCurvature(curvature.withAverageDecay(decay));
  }

  /** The same with another damping. */
  public KfacOptions withDamping(Damping damping) {
    return withCurvature(curvature.withDamping(damping));
  }

  /** The same with another step rule and number of Newton iterations per refresh. */
  public KfacOptions withNewton(int iterations, StepRule rule) {
    return withCurvature(curvature.withIterativeSolver(new NewtonInverse(iterations, rule)));
  }

  /** The same with another treatment of layers. */
  public KfacOptions withLayers(LayerOptions other) {
    return withCurvature(curvature.withLayers(other));
  }

  /** The same, but a matrix or kernel that belongs to no captured layer is refused. */
  public KfacOptions strict() {
    return withLayers(curvature.layers().withFallback(Fallback.REFUSE));
  }
}
