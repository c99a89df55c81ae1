package io.github.tfkfac.tools.run;

import io.github.tfkfac.damping.Damping;
import io.github.tfkfac.damping.FactoredTikhonov;
import io.github.tfkfac.factor.AverageDecay;
import io.github.tfkfac.linalg.InverseSolver;
import io.github.tfkfac.linalg.NewtonInverse;
import io.github.tfkfac.linalg.StepRule;
import io.github.tfkfac.optimizer.Approximation.Inverses;
import io.github.tfkfac.optimizer.Approximation.LowRank;
import io.github.tfkfac.optimizer.CurvatureOptions;
import io.github.tfkfac.optimizer.LayerOptions.Fallback;
import io.github.tfkfac.schedule.Cadence;
import io.github.tfkfac.schedule.Constant;
import io.github.tfkfac.schedule.Schedule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All options of the second-order optimizers, in the order in which they are applied. */
final class CurvatureOptionTable {

  static final Map<String, InverseSolver> SOLVERS =
      ordered(
          Map.entry("cholesky", InverseSolver.cholesky()),
          Map.entry("lu", InverseSolver.lu()),
          Map.entry("eigen", InverseSolver.eigen()));

  static final Map<String, StepRule> STEP_RULES =
      ordered(
          Map.entry("inverse-norm", StepRule.inverseNorm()),
          Map.entry("line-search", StepRule.exactLineSearch()),
          Map.entry("spectral-guard", StepRule.spectralGuard()));

  static final CurvatureOption<Long> STATISTICS_PERIOD =
      new CurvatureOption<>(
          "stat-period",
          OptionText.whole(),
          options -> averaged(options).map(used -> used.factors().statistics().period()),
          (options, period) ->
              options.withStatistics(Cadence.every(positive("statistics period", period))));

  static final CurvatureOption<Long> INVERSE_PERIOD =
      new CurvatureOption<>(
          "inverse-period",
          OptionText.whole(),
          options -> Optional.of(options.refreshes().period()),
          (options, period) -> options.withRefreshes(options.refreshes().withPeriod(period)));

  static final CurvatureOption<Double> DAMPING =
      new CurvatureOption<>(
          "damping",
          OptionText.number(),
          options -> constant(options.approximation().damping().strength()),
          (options, strength) ->
              options.withDamping(damping(options.approximation().damping(), strength)));

  static final CurvatureOption<StepRule> STEP_RULE =
      new CurvatureOption<>(
          "step-rule",
          OptionText.oneOf("step rule", STEP_RULES),
          options -> newton(options).map(NewtonInverse::rule),
          (options, rule) ->
              options.withIterativeSolver(
                  new NewtonInverse(newton(options).orElseThrow().iterations(), rule)));

  static final List<CurvatureOption<?>> ALL =
      List.of(
          STATISTICS_PERIOD,
          INVERSE_PERIOD,
          new CurvatureOption<>(
              "average-decay",
              OptionText.number(),
              options -> averaged(options).flatMap(used -> share(used.factors().decay())),
              (options, share) ->
                  options.withFactors(
                      options
                          .factors()
                          .withDecay(
                              options.factors().decay() instanceof AverageDecay.Growing
                                  ? AverageDecay.growing(share)
                                  : AverageDecay.fixed(share)))),
          DAMPING,
          new CurvatureOption<>(
              "newton-iterations",
              OptionText.count(),
              options -> newton(options).map(NewtonInverse::iterations),
              (options, iterations) ->
                  options.withIterativeSolver(
                      new NewtonInverse(iterations, newton(options).orElseThrow().rule()))),
          STEP_RULE,
          new CurvatureOption<>(
              "exact-solver",
              OptionText.oneOf("solver", SOLVERS),
              options -> inverses(options).map(Inverses::exactSolver),
              CurvatureOptions::withExactSolver),
          new CurvatureOption<>(
              "strict",
              OptionText.truth(),
              options -> Optional.of(options.layers().fallback() == Fallback.REFUSE),
              (options, strict) ->
                  options.withLayers(
                      options
                          .layers()
                          .withFallback(strict ? Fallback.REFUSE : Fallback.TRAIN_PLAINLY))));

  private CurvatureOptionTable() {}

  private static Optional<CurvatureOptions> averaged(CurvatureOptions options) {
    return Optional.of(options).filter(used -> !(used.approximation() instanceof LowRank));
  }

  private static Optional<Inverses> inverses(CurvatureOptions options) {
    return options.approximation() instanceof Inverses inverses
        ? Optional.of(inverses)
        : Optional.empty();
  }

  private static Optional<NewtonInverse> newton(CurvatureOptions options) {
    return inverses(options)
        .map(Inverses::iterativeSolver)
        .filter(NewtonInverse.class::isInstance)
        .map(NewtonInverse.class::cast);
  }

  private static Optional<Double> share(AverageDecay decay) {
    if (decay instanceof AverageDecay.Growing growing) {
      return Optional.of(growing.limit());
    }
    return decay instanceof AverageDecay.Fixed fixed
        ? Optional.of(fixed.share())
        : Optional.empty();
  }

  private static Optional<Double> constant(Schedule schedule) {
    return schedule instanceof Constant constant ? Optional.of(constant.value()) : Optional.empty();
  }

  /** The same kind of damping with another strength. */
  private static Damping damping(Damping kind, double strength) {
    if (kind instanceof Damping.Relative relative) {
      return new Damping.Relative(
          Schedule.constant(strength), relative.floor(), relative.eigenvalue());
    }
    if (kind instanceof FactoredTikhonov) {
      return Damping.factoredTikhonov(strength);
    }
    return kind instanceof Damping.SquareRoot
        ? Damping.squareRoot(strength)
        : Damping.absolute(strength);
  }

  private static long positive(String what, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException("expected the " + what + " > 0, found " + value);
    }
    return value;
  }

  @SafeVarargs
  private static <V> Map<String, V> ordered(Map.Entry<String, V>... entries) {
    Map<String, V> map = new LinkedHashMap<>();
    for (Map.Entry<String, V> entry : entries) {
      map.put(entry.getKey(), entry.getValue());
    }
    return map;
  }
}
