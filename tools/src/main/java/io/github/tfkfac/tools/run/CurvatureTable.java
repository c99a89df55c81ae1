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
import io.github.tfkfac.tools.setting.Form;
import io.github.tfkfac.tools.setting.Setting;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings of the second-order optimizers that hold for all layers. */
final class CurvatureTable {

  /** Solvers that need no measurement. */
  static final Map<String, InverseSolver> PLAIN_SOLVERS =
      Form.ordered(
          Map.entry("block", InverseSolver.block()),
          Map.entry("cholesky", InverseSolver.cholesky()),
          Map.entry("lu", InverseSolver.lu()),
          Map.entry("eigen", InverseSolver.eigen()));

  static final Map<String, InverseSolver> SOLVERS =
      Form.ordered(
          Map.entry("block", InverseSolver.block()),
          Map.entry("cholesky", InverseSolver.cholesky()),
          Map.entry("lu", InverseSolver.lu()),
          Map.entry("eigen", InverseSolver.eigen()),
          Map.entry(MeasuredSolver.AUTO, MeasuredSolver.UNMEASURED));

  static final Map<String, StepRule> STEP_RULES =
      Form.ordered(
          Map.entry("inverse-norm", StepRule.inverseNorm()),
          Map.entry("line-search", StepRule.exactLineSearch()),
          Map.entry("spectral-guard", StepRule.spectralGuard()));

  static final Lens<Long> STATISTICS_PERIOD =
      Lens.of(
          new Setting<>(
                  "stat-period",
                  "STEPS",
                  Form.whole(),
                  "Steps between two updates of the statistics.")
              .essential(),
          options -> averaged(options).map(used -> used.factors().statistics().period()),
          (options, period) ->
              options.withFactors(
                  factors ->
                      factors.withStatistics(
                          Cadence.every(positive("statistics period", period)))));

  static final Lens<Long> INVERSE_PERIOD =
      Lens.of(
          new Setting<>(
                  "inverse-period",
                  "STEPS",
                  Form.whole(),
                  "Steps between two refreshes of the inverses or eigenvectors.")
              .essential(),
          options -> Optional.of(options.refreshes().period()),
          (options, period) -> options.withRefreshes(given -> given.withPeriod(period)));

  static final String DAMPING = "damping";

  static final Lens<StepRule> STEP_RULE =
      Lens.of(
          new Setting<>(
              "step-rule",
              "NAME",
              Form.oneOf("step rule", STEP_RULES),
              "Step length of a Newton iteration: inverse-norm, line-search or "
                  + "spectral-guard."),
          options -> newton(options).map(NewtonInverse::rule),
          (options, rule) ->
              options.withIterativeSolver(
                  new NewtonInverse(newton(options).orElseThrow().iterations(), rule)));

  static final String NORM_CONTROL = "norm-control";

  /** Seed of targets drawn for a sampled Fisher; what is drawn depends on the step as well. */
  private static final long SAMPLING_SEED = 1;

  /** Bounds of the factor that keep λ away from the rounding of float32 on both sides. */
  private static final LevenbergMarquardt ADAPTATION = LevenbergMarquardt.within(1e-4, 1e4);

  private CurvatureTable() {}

  /** The settings, in the order in which they are applied. */
  static final List<Lens<?>> LENSES =
      List.of(
          Lens.of(
              new Setting<>(
                  "fisher",
                  "NAME",
                  Form.oneOf(
                      "Fisher matrix",
                      Form.ordered(
                          Map.entry("empirical", Fisher.empirical()),
                          Map.entry("sampled", Fisher.sampled(SAMPLING_SEED)),
                          Map.entry("exact", Fisher.exact()))),
                  "Targets of the output-gradient statistics: empirical (those of the "
                      + "batch), sampled (drawn from what the network predicts, one more backward "
                      + "pass) or exact (one per class)."),
              options -> Optional.of(options.factors().fisher()),
              (options, fisher) -> options.withFactors(given -> given.withFisher(fisher))),
          Lens.of(
              new Setting<>(
                  "positions",
                  "NAME",
                  Form.oneOf(
                      "treatment of positions",
                      Form.ordered(
                          Map.entry("expand", Positions.expand()),
                          Map.entry("reduce", Positions.reduce()))),
                  "Places where a convolution is applied within an image: expand (a row of "
                      + "statistics for each) or reduce (one row per image)."),
              options -> averaged(options).map(used -> used.factors().positions()),
              (options, positions) -> options.withFactors(given -> given.withPositions(positions))),
          STATISTICS_PERIOD,
          INVERSE_PERIOD,
          Lens.of(
              new Setting<>(
                  "refresh",
                  "NAME",
                  Form.oneOf(
                      "refresh",
                      Form.ordered(
                          Map.entry("together", Spread.TOGETHER),
                          Map.entry("staggered", Spread.STAGGERED))),
                  "together, in one step of the period, or staggered, spread over it."),
              options -> Optional.of(options.refreshes().spread()),
              (options, spread) ->
                  spread == Spread.STAGGERED ? options.staggered() : options.unstaggered()),
          Lens.of(
              new Setting<>(
                  "average-decay",
                  "D",
                  Form.number(),
                  "Share of the old statistics kept at an update, or its limit for the "
                      + "optimizers that begin with a plain mean."),
              options -> averaged(options).flatMap(used -> share(used.factors().decay())),
              KfacOptions::withAverageDecay),
          Lens.ofRun(
              new Setting<>(
                      DAMPING,
                      "D",
                      Form.schedule(),
                      "Damping: for nkfac, adankfac, kfac-star and skfac-star as a part of each "
                          + "factor's largest eigenvalue, for the others λ; cosine:FROM:TO changes it "
                          + "over the run.")
                  .essential(),
              options -> Optional.of(options.approximation().damping().strength()),
              (options, strength, steps) ->
                  options.withDamping(
                      options.approximation().damping().withStrength(Form.over(strength, steps)))),
          Lens.of(
              new Setting<>(
                  "adaptive-damping",
                  "",
                  Form.truth(),
                  "Multiply the damping by a factor that is adapted every 5 steps to how "
                      + "well the curvature predicts the loss (Levenberg-Marquardt)."),
              options ->
                  options.adaptationUnsupportedReason().isPresent()
                      ? Optional.empty()
                      : Optional.of(options.adaptation().isPresent()),
              (options, adaptive) -> adaptive ? options.withAdaptiveDamping(ADAPTATION) : options),
          Lens.of(
              new Setting<>(
                  "newton-iterations",
                  "N",
                  Form.count(),
                  "Newton iterations per refresh that is not exact."),
              options -> newton(options).map(NewtonInverse::iterations),
              (options, iterations) ->
                  options.withIterativeSolver(
                      new NewtonInverse(iterations, newton(options).orElseThrow().rule()))),
          STEP_RULE,
          Lens.of(
              new Setting<>(
                  MeasuredSolver.OPTION,
                  "NAME",
                  MeasuredSolver.text(),
                  "Exact refreshes by block (Cholesky in tiles), cholesky, lu, eigen, or auto, the "
                      + "fastest of them by a measurement at the start."),
              options -> inverses(options).map(Inverses::exactSolver),
              KfacOptions::withExactSolver),
          Lens.of(
              new Setting<>(
                  MeasuredPrecision.OPTION,
                  "NAME",
                  MeasuredPrecision.form(),
                  "Products of gradients and inverses in float32, bfloat16 (summed up in float32), "
                      + "or auto, bfloat16 for the orders for which a measurement at the start "
                      + "finds it faster."),
              MeasuredPrecision::of,
              KfacOptions::withPreconditioningPrecision),
          Lens.of(
              new Setting<>(
                  "certify",
                  "TOLERANCE",
                  Form.number(),
                  "Probe the result of Newton iterations, and where the probed residual "
                      + "exceeds the tolerance take one more, or else the exact solver; 0 for no "
                      + "probes."),
              options ->
                  newton(options)
                      .flatMap(newton -> inverses(options))
                      .map(used -> used.certification().map(Certification::tolerance).orElse(0.0)),
              (options, tolerance) ->
                  tolerance == 0 ? options : options.withCertification(tolerance)),
          Lens.of(
              new Setting<>(
                  NORM_CONTROL,
                  "NAME",
                  Form.oneOf(
                      "norm control",
                      Form.ordered(
                          Map.entry("recovery", NormControl.recovery()),
                          Map.entry("kl-clip", NormControl.klClip(KfacOptions.KL_CLIP)),
                          Map.entry("none", NormControl.none()))),
                  "Length of a step: recovery (of the gradient's norm, layer by layer), "
                      + "kl-clip or none."),
              options -> Optional.of(options.normControl()),
              KfacOptions::withNormControl),
          Lens.ofRun(
                  new Setting<>(
                      "kl-clip",
                      "K",
                      Form.schedule(),
                      "Bound of the predicted change of the network's distribution in a step, "
                          + "or cosine:FROM:TO; only with --norm-control kl-clip."),
                  options ->
                      options.normControl() instanceof KlClip clip
                          ? Optional.of(clip.bound())
                          : Optional.empty(),
                  (options, bound, steps) ->
                      options.withNormControl(NormControl.klClip(Form.over(bound, steps))))
              .onlyWith(NORM_CONTROL, "kl-clip"));

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
}
