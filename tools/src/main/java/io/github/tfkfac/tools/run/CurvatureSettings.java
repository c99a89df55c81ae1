package io.github.tfkfac.tools.run;

import io.github.tfkfac.damping.Damping;
import io.github.tfkfac.linalg.InverseSolver;
import io.github.tfkfac.linalg.NewtonInverse;
import io.github.tfkfac.linalg.PowerIteration;
import io.github.tfkfac.linalg.StepRule;
import io.github.tfkfac.optimizer.CurvatureOptions;
import io.github.tfkfac.optimizer.KfacOptions;
import io.github.tfkfac.optimizer.LayerOptions;
import io.github.tfkfac.optimizer.RefreshPolicy;
import io.github.tfkfac.schedule.Cadence;
import io.github.tfkfac.tools.error.Suggestions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What only the second-order optimizers use.
 *
 * @param statisticsPeriod steps between two updates of the statistics
 * @param inversePeriod steps between two refreshes of the inverses
 * @param averageDecay decay of the moving averages
 * @param dampingShare damping as a part of the largest eigenvalue
 * @param newtonIterations iterations per refresh
 * @param stepRule one of {@link #stepRules()}
 * @param exactSolver one of {@link #solvers()}
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

  static final List<String> OPTIONS =
      List.of(
          "stat-period",
          "inverse-period",
          "average-decay",
          "damping",
          "newton-iterations",
          "step-rule",
          "exact-solver",
          "strict");

  private static final List<String> SOLVERS = List.of("cholesky", "lu", "eigen");
  private static final List<String> STEP_RULES =
      List.of("inverse-norm", "line-search", "spectral-guard");
  private static final double DAMPING_FLOOR = 1e-4;
  private static final int POWER_ITERATIONS = 10;

  public CurvatureSettings {
    Suggestions.require("step rule", stepRule, STEP_RULES);
    Suggestions.require("solver", exactSolver, SOLVERS);
    requirePositive("statistics period", statisticsPeriod);
    requirePositive("inverse period", inversePeriod);
  }

  /** The known step rules of the Newton iteration. */
  public static List<String> stepRules() {
    return STEP_RULES;
  }

  /** The known solvers of exact refreshes. */
  public static List<String> solvers() {
    return SOLVERS;
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

  /** The same with what the options say. */
  CurvatureSettings with(OptionValues options) {
    return new CurvatureSettings(
        options.whole("stat-period", statisticsPeriod),
        options.whole("inverse-period", inversePeriod),
        options.number("average-decay", averageDecay),
        options.number("damping", dampingShare),
        options.count("newton-iterations", newtonIterations),
        options.text("step-rule", stepRule),
        options.text("exact-solver", exactSolver),
        options.flag("strict", strict));
  }

  /** The same with other periods. */
  CurvatureSettings withPeriods(long statistics, long inverses) {
    return new CurvatureSettings(
        statistics,
        inverses,
        averageDecay,
        dampingShare,
        newtonIterations,
        stepRule,
        exactSolver,
        strict);
  }

  /** A preset changed to these settings. */
  CurvatureOptions applyTo(CurvatureOptions preset) {
    return preset
        .withStatistics(Cadence.every(statisticsPeriod))
        .withRefreshes(RefreshPolicy.every(inversePeriod))
        .withAverageDecay(averageDecay)
        .withDamping(
            new Damping.Relative(dampingShare, DAMPING_FLOOR, new PowerIteration(POWER_ITERATIONS)))
        .withExactSolver(solver())
        .withIterativeSolver(new NewtonInverse(newtonIterations, rule()))
        .withLayers(
            preset
                .layers()
                .withFallback(
                    strict ? LayerOptions.Fallback.REFUSE : LayerOptions.Fallback.TRAIN_PLAINLY));
  }

  private InverseSolver solver() {
    return switch (exactSolver) {
      case "lu" -> InverseSolver.lu();
      case "eigen" -> InverseSolver.eigen();
      default -> InverseSolver.cholesky();
    };
  }

  private StepRule rule() {
    return switch (stepRule) {
      case "line-search" -> StepRule.exactLineSearch();
      case "spectral-guard" -> StepRule.spectralGuard();
      default -> StepRule.inverseNorm();
    };
  }

  /** The settings by option name. */
  Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("stat-period", Long.toString(statisticsPeriod));
    values.put("inverse-period", Long.toString(inversePeriod));
    values.put("average-decay", Double.toString(averageDecay));
    values.put("damping", Double.toString(dampingShare));
    values.put("newton-iterations", Integer.toString(newtonIterations));
    values.put("step-rule", stepRule);
    values.put("exact-solver", exactSolver);
    values.put("strict", Boolean.toString(strict));
    return values;
  }

  private static void requirePositive(String what, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException("expected the " + what + " > 0, found " + value);
    }
  }
}
