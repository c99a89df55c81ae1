package io.github.tfkfac.tools.run;

import io.github.tfkfac.damping.Damping;
import io.github.tfkfac.linalg.InverseSolver;
import io.github.tfkfac.linalg.NewtonInverse;
import io.github.tfkfac.linalg.PowerIteration;
import io.github.tfkfac.linalg.StepRule;
import io.github.tfkfac.models.train.OptimizerFactory;
import io.github.tfkfac.optimizer.CurvatureOptions;
import io.github.tfkfac.optimizer.FirstOrder;
import io.github.tfkfac.optimizer.Kfac;
import io.github.tfkfac.optimizer.KfacOptions;
import io.github.tfkfac.optimizer.RefreshPolicy;
import io.github.tfkfac.optimizer.TrainingOptions;
import io.github.tfkfac.schedule.Cadence;
import io.github.tfkfac.schedule.Schedule;
import io.github.tfkfac.tools.error.Suggestions;
import io.github.tfkfac.update.GradientClipping;
import io.github.tfkfac.update.Momentum;
import io.github.tfkfac.update.ParameterGroups;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An optimizer with its hyper-parameters, as plain values that can be recorded.
 *
 * @param name one of {@link #names()}
 * @param learningRate peak learning rate
 * @param weightDecay weight decay
 * @param decayKernelsOnly whether biases and normalisation parameters are spared from weight decay
 * @param momentum heavy-ball momentum (not for the Adam family)
 * @param schedule {@code cosine}, {@code constant} or {@code step}
 * @param lastFactor the cosine schedule's end as a part of the learning rate; the step schedule's
 *     factor
 * @param warmUpSteps steps of linear warm-up, 0 for none
 * @param clipNorm bound of the gradients' joint norm, 0 for none
 * @param accumulation micro-batches per step
 * @param curvature what only the second-order optimizers use
 */
public record OptimizerSettings(
    String name,
    double learningRate,
    double weightDecay,
    boolean decayKernelsOnly,
    double momentum,
    String schedule,
    double lastFactor,
    long warmUpSteps,
    double clipNorm,
    int accumulation,
    CurvatureSettings curvature) {

  private static final List<String> NAMES = List.of("nkfac", "adankfac", "sgdm", "adamw");
  private static final List<String> SCHEDULES = List.of("cosine", "constant", "step");
  private static final List<String> SOLVERS = List.of("cholesky", "lu", "eigen");
  private static final List<String> STEP_RULES =
      List.of("inverse-norm", "line-search", "spectral-guard");
  private static final double COSINE_END = 1e-3;

  /**
   * What only the second-order optimizers use.
   *
   * @param statisticsPeriod steps between two updates of the statistics
   * @param inversePeriod steps between two refreshes of the inverses
   * @param averageDecay decay of the moving averages
   * @param dampingShare damping as a part of the largest eigenvalue
   * @param newtonIterations iterations per refresh
   * @param stepRule {@code inverse-norm}, {@code line-search} or {@code spectral-guard}
   * @param exactSolver {@code cholesky}, {@code lu} or {@code eigen}
   * @param strict whether a matrix outside of captured layers is refused
   */
  public record CurvatureSettings(
      long statisticsPeriod,
      long inversePeriod,
      double averageDecay,
      double dampingShare,
      int newtonIterations,
      String stepRule,
      String exactSolver,
      boolean strict) {

    public CurvatureSettings {
      Suggestions.require("step rule", stepRule, STEP_RULES);
      Suggestions.require("solver", exactSolver, SOLVERS);
      requirePositive("statistics period", statisticsPeriod);
      requirePositive("inverse period", inversePeriod);
    }

    static CurvatureSettings of(long statisticsPeriod, long inversePeriod) {
      return new CurvatureSettings(
          statisticsPeriod,
          inversePeriod,
          KfacOptions.AVERAGE_DECAY,
          KfacOptions.DAMPING_SHARE,
          1,
          "inverse-norm",
          "cholesky",
          false);
    }
  }

  public OptimizerSettings {
    Suggestions.require("optimizer", name, NAMES);
    Suggestions.require("schedule", schedule, SCHEDULES);
    if (!(learningRate > 0) || !Double.isFinite(learningRate)) {
      throw new IllegalArgumentException("expected a learning rate > 0, found " + learningRate);
    }
  }

  /** The known optimizers. */
  public static List<String> names() {
    return NAMES;
  }

  /** The known schedules. */
  public static List<String> schedules() {
    return SCHEDULES;
  }

  /** The known step rules of the Newton iteration. */
  public static List<String> stepRules() {
    return STEP_RULES;
  }

  /** The known solvers of exact refreshes. */
  public static List<String> solvers() {
    return SOLVERS;
  }

  /** An optimizer with the hyper-parameters of the NKFAC paper for CIFAR, cosine schedule. */
  public static OptimizerSettings defaults(String name) {
    Suggestions.require("optimizer", name, NAMES);
    return switch (name) {
      case "sgdm" -> of(name, 0.1, 5e-4, 20, 200);
      case "adamw" -> of(name, 1e-3, 0.5, 20, 200);
      case "adankfac" -> of(name, 1e-3, 0, 100, 1000);
      default -> of(name, 0.05, 1e-3, 20, 200);
    };
  }

  private static OptimizerSettings of(
      String name, double learningRate, double weightDecay, long statistics, long inverses) {
    return new OptimizerSettings(
        name,
        learningRate,
        weightDecay,
        false,
        0.9,
        "cosine",
        COSINE_END,
        0,
        0,
        1,
        CurvatureSettings.of(statistics, inverses));
  }

  /** The same with other periods of statistics and inverses. */
  public OptimizerSettings withPeriods(long statisticsPeriod, long inversePeriod) {
    CurvatureSettings c = curvature;
    return new OptimizerSettings(
        name,
        learningRate,
        weightDecay,
        decayKernelsOnly,
        momentum,
        schedule,
        lastFactor,
        warmUpSteps,
        clipNorm,
        accumulation,
        new CurvatureSettings(
            statisticsPeriod,
            inversePeriod,
            c.averageDecay(),
            c.dampingShare(),
            c.newtonIterations(),
            c.stepRule(),
            c.exactSolver(),
            c.strict()));
  }

  /** Whether the optimizer preconditions. */
  public boolean isSecondOrder() {
    return name.equals("nkfac") || name.equals("adankfac");
  }

  /** A short label for tables: the name, and the periods of a second-order optimizer. */
  public String label() {
    return isSecondOrder()
        ? name + " " + curvature.statisticsPeriod() + "/" + curvature.inversePeriod()
        : name;
  }

  /** What builds the optimizer for a run of so many steps. */
  public OptimizerFactory factory(long totalSteps) {
    return switch (name) {
      case "sgdm" -> graph -> new FirstOrder(graph, shared(TrainingOptions.sgdm(1, 0), totalSteps));
      case "adamw" ->
          graph -> new FirstOrder(graph, shared(TrainingOptions.adamW(1, 0), totalSteps));
      case "adankfac" -> graph -> new Kfac(graph, secondOrder(KfacOptions.adaNkfac(), totalSteps));
      default -> graph -> new Kfac(graph, secondOrder(KfacOptions.nkfac(), totalSteps));
    };
  }

  private KfacOptions secondOrder(KfacOptions preset, long totalSteps) {
    CurvatureOptions options =
        preset
            .curvature()
            .withStatistics(Cadence.every(curvature.statisticsPeriod()))
            .withRefreshes(RefreshPolicy.every(curvature.inversePeriod()))
            .withAverageDecay(curvature.averageDecay())
            .withDamping(
                new Damping.Relative(curvature.dampingShare(), 1e-4, new PowerIteration(10)))
            .withExactSolver(exactSolver())
            .withIterativeSolver(new NewtonInverse(curvature.newtonIterations(), stepRule()))
            .withFallback(
                curvature.strict()
                    ? CurvatureOptions.Fallback.REFUSE
                    : CurvatureOptions.Fallback.TRAIN_PLAINLY);
    return new KfacOptions(shared(preset.training(), totalSteps), options);
  }

  private TrainingOptions shared(TrainingOptions preset, long totalSteps) {
    TrainingOptions options =
        preset
            .withLearningRate(scheduled(totalSteps))
            .withGroups(
                decayKernelsOnly
                    ? ParameterGroups.decayKernelsOnly(weightDecay)
                    : ParameterGroups.uniform(weightDecay))
            .withAccumulation(accumulation)
            .withClipping(
                clipNorm == 0 ? GradientClipping.none() : GradientClipping.globalNorm(clipNorm));
    return preset.rule() instanceof Momentum ? options.withRule(new Momentum(momentum)) : options;
  }

  private Schedule scheduled(long totalSteps) {
    Schedule base =
        switch (schedule) {
          case "constant" -> Schedule.constant(learningRate);
          case "step" ->
              Schedule.stepDecay(learningRate, lastFactor, Math.max(1, (totalSteps + 2) / 3));
          default -> Schedule.cosine(learningRate, learningRate * lastFactor, totalSteps);
        };
    return warmUpSteps == 0 ? base : base.withWarmUp(warmUpSteps, 0);
  }

  private InverseSolver exactSolver() {
    return switch (curvature.exactSolver()) {
      case "lu" -> InverseSolver.lu();
      case "eigen" -> InverseSolver.eigen();
      default -> InverseSolver.cholesky();
    };
  }

  private StepRule stepRule() {
    return switch (curvature.stepRule()) {
      case "line-search" -> StepRule.exactLineSearch();
      case "spectral-guard" -> StepRule.spectralGuard();
      default -> StepRule.inverseNorm();
    };
  }

  /** The hyper-parameters by name, for records. */
  public Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("optimizer", name);
    values.put("lr", Double.toString(learningRate));
    values.put("weight-decay", Double.toString(weightDecay));
    values.put("decay-kernels-only", Boolean.toString(decayKernelsOnly));
    values.put("momentum", Double.toString(momentum));
    values.put("schedule", schedule);
    values.put("last-factor", Double.toString(lastFactor));
    values.put("warmup-steps", Long.toString(warmUpSteps));
    values.put("clip-norm", Double.toString(clipNorm));
    values.put("accumulation", Integer.toString(accumulation));
    if (isSecondOrder()) {
      values.put("stat-period", Long.toString(curvature.statisticsPeriod()));
      values.put("inverse-period", Long.toString(curvature.inversePeriod()));
      values.put("average-decay", Double.toString(curvature.averageDecay()));
      values.put("damping", Double.toString(curvature.dampingShare()));
      values.put("newton-iterations", Integer.toString(curvature.newtonIterations()));
      values.put("step-rule", curvature.stepRule());
      values.put("exact-solver", curvature.exactSolver());
      values.put("strict", Boolean.toString(curvature.strict()));
    }
    return values;
  }

  private static void requirePositive(String what, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException("expected the " + what + " > 0, found " + value);
    }
  }
}
