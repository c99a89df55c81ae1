package io.github.tfkfac.tools.run;

import io.github.tfkfac.Approximation.Inverses;
import io.github.tfkfac.Approximation.LowRank;
import io.github.tfkfac.AverageDecay;
import io.github.tfkfac.Cadence;
import io.github.tfkfac.Certification;
import io.github.tfkfac.Fisher;
import io.github.tfkfac.InverseSolver;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.LevenbergMarquardt;
import io.github.tfkfac.Positions;
import io.github.tfkfac.RefreshPolicy.Spread;
import io.github.tfkfac.StepRule;
import io.github.tfkfac.extension.NormControl;
import io.github.tfkfac.internal.linalg.NewtonInverse;
import io.github.tfkfac.internal.precondition.KlClip;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The options of the second-order optimizers that hold for all layers, in the order in which they
 * are applied.
 */
final class CurvatureOptionTable {

  /** Solvers that need no measurement. */
  static final Map<String, InverseSolver> PLAIN_SOLVERS =
      ordered(
          Map.entry("cholesky", InverseSolver.cholesky()),
          Map.entry("lu", InverseSolver.lu()),
          Map.entry("eigen", InverseSolver.eigen()));

  static final Map<String, InverseSolver> SOLVERS =
      ordered(
          Map.entry("cholesky", InverseSolver.cholesky()),
          Map.entry("lu", InverseSolver.lu()),
          Map.entry("eigen", InverseSolver.eigen()),
          Map.entry(MeasuredSolver.AUTO, MeasuredSolver.UNMEASURED));

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
              options.withFactors(
                  factors ->
                      factors.withStatistics(
                          Cadence.every(positive("statistics period", period)))));

  static final CurvatureOption<Long> INVERSE_PERIOD =
      new CurvatureOption<>(
          "inverse-period",
          OptionText.whole(),
          options -> Optional.of(options.refreshes().period()),
          (options, period) -> options.withRefreshes(given -> given.withPeriod(period)));

  static final String DAMPING = "damping";

  static final CurvatureOption<StepRule> STEP_RULE =
      new CurvatureOption<>(
          "step-rule",
          OptionText.oneOf("step rule", STEP_RULES),
          options -> newton(options).map(NewtonInverse::rule),
          (options, rule) ->
              options.withIterativeSolver(
                  new NewtonInverse(newton(options).orElseThrow().iterations(), rule)));

  static final String NORM_CONTROL = "norm-control";

  /** Seed of targets drawn for a sampled Fisher; what is drawn depends on the step as well. */
  private static final long SAMPLING_SEED = 1;

  /** Bounds of the factor that keep λ away from the rounding of float32 on both sides. */
  private static final LevenbergMarquardt ADAPTATION = LevenbergMarquardt.within(1e-4, 1e4);

  private CurvatureOptionTable() {}

  /**
   * The options.
   *
   * @param steps of the whole run
   */
  static List<CurvatureOption<?>> of(long steps) {
    return List.of(
        new CurvatureOption<>(
            "fisher",
            OptionText.oneOf(
                "Fisher matrix",
                ordered(
                    Map.entry("empirical", Fisher.empirical()),
                    Map.entry("sampled", Fisher.sampled(SAMPLING_SEED)),
                    Map.entry("exact", Fisher.exact()))),
            options -> Optional.of(options.factors().fisher()),
            (options, fisher) -> options.withFactors(given -> given.withFisher(fisher))),
        new CurvatureOption<>(
            "positions",
            OptionText.oneOf(
                "treatment of positions",
                ordered(
                    Map.entry("expand", Positions.expand()),
                    Map.entry("reduce", Positions.reduce()))),
            options -> averaged(options).map(used -> used.factors().positions()),
            (options, positions) -> options.withFactors(given -> given.withPositions(positions))),
        STATISTICS_PERIOD,
        INVERSE_PERIOD,
        new CurvatureOption<>(
            "refresh",
            OptionText.oneOf(
                "refresh",
                ordered(
                    Map.entry("together", Spread.TOGETHER),
                    Map.entry("staggered", Spread.STAGGERED))),
            options -> Optional.of(options.refreshes().spread()),
            (options, spread) ->
                spread == Spread.STAGGERED ? options.staggered() : options.unstaggered()),
        new CurvatureOption<>(
            "average-decay",
            OptionText.number(),
            options -> averaged(options).flatMap(used -> share(used.factors().decay())),
            KfacOptions::withAverageDecay),
        new CurvatureOption<>(
            DAMPING,
            OptionText.schedule(steps),
            options -> Optional.of(options.approximation().damping().strength()),
            (options, strength) ->
                options.withDamping(options.approximation().damping().withStrength(strength))),
        new CurvatureOption<>(
            "adaptive-damping",
            OptionText.truth(),
            options ->
                options.adaptationUnsupportedReason().isPresent()
                    ? Optional.empty()
                    : Optional.of(options.adaptation().isPresent()),
            (options, adaptive) -> adaptive ? options.withAdaptiveDamping(ADAPTATION) : options),
        new CurvatureOption<>(
            "newton-iterations",
            OptionText.count(),
            options -> newton(options).map(NewtonInverse::iterations),
            (options, iterations) ->
                options.withIterativeSolver(
                    new NewtonInverse(iterations, newton(options).orElseThrow().rule()))),
        STEP_RULE,
        new CurvatureOption<>(
            MeasuredSolver.OPTION,
            MeasuredSolver.text(),
            options -> inverses(options).map(Inverses::exactSolver),
            KfacOptions::withExactSolver),
        new CurvatureOption<>(
            "certify",
            OptionText.number(),
            options ->
                newton(options)
                    .flatMap(newton -> inverses(options))
                    .map(used -> used.certification().map(Certification::tolerance).orElse(0.0)),
            (options, tolerance) ->
                tolerance == 0 ? options : options.withCertification(tolerance)),
        new CurvatureOption<>(
            NORM_CONTROL,
            OptionText.oneOf(
                "norm control",
                ordered(
                    Map.entry("recovery", NormControl.recovery()),
                    Map.entry("kl-clip", NormControl.klClip(KfacOptions.KL_CLIP)),
                    Map.entry("none", NormControl.none()))),
            options -> Optional.of(options.normControl()),
            KfacOptions::withNormControl),
        new CurvatureOption<>(
                "kl-clip",
                OptionText.schedule(steps),
                options ->
                    options.normControl() instanceof KlClip clip
                        ? Optional.of(clip.bound())
                        : Optional.empty(),
                (options, bound) -> options.withNormControl(NormControl.klClip(bound)))
            .onlyWith(NORM_CONTROL, "kl-clip"));
  }

  private static Optional<KfacOptions> averaged(KfacOptions options) {
    return Optional.of(options).filter(used -> !(used.approximation() instanceof LowRank));
  }

  static Optional<Inverses> inverses(KfacOptions options) {
    return options.approximation() instanceof Inverses inverses
        ? Optional.of(inverses)
        : Optional.empty();
  }

  private static Optional<NewtonInverse> newton(KfacOptions options) {
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

  private static long positive(String what, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException("expected the " + what + " > 0, found " + value);
    }
    return value;
  }

  @SafeVarargs
  static <V> Map<String, V> ordered(Map.Entry<String, V>... entries) {
    Map<String, V> map = new LinkedHashMap<>();
    for (Map.Entry<String, V> entry : entries) {
      map.put(entry.getKey(), entry.getValue());
    }
    return map;
  }
}
