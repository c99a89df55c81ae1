package io.github.tfkfac.tools.run;

import io.github.tfkfac.Approximation;
import io.github.tfkfac.FactorLimit;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.LayerOptions;
import io.github.tfkfac.LayerOptions.Fallback;
import io.github.tfkfac.LayerOverride;
import io.github.tfkfac.NamePattern;
import io.github.tfkfac.NormalizationParameters;
import io.github.tfkfac.extension.Damping;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The options of the second-order optimizers that are set per layer; they are applied after those
 * that hold for all layers.
 */
final class LayerOptionTable {

  private static final String MAX_FACTOR = "max-factor";

  /** The kinds of limits; the size is another option. */
  private static final Map<String, FactorLimit> LARGE_FACTORS =
      CurvatureOptionTable.ordered(
          Map.entry("blocks", FactorLimit.blocks(1)),
          Map.entry("one-sided", FactorLimit.oneSided(1)));

  private LayerOptionTable() {}

  /**
   * The options.
   *
   * @param steps of the whole run
   */
  static List<CurvatureOption<?>> of(long steps) {
    return List.of(
        new CurvatureOption<>(
            MAX_FACTOR,
            OptionText.count(),
            options -> Optional.of(largest(options.layers().limit())),
            (options, rows) ->
                options.withLayers(
                    layers ->
                        layers.withLimit(
                            rows == 0 ? FactorLimit.none() : FactorLimit.blocks(rows)))),
        new CurvatureOption<>(
                "large-factors",
                OptionText.oneOf("treatment of large factors", LARGE_FACTORS),
                options ->
                    Optional.of(options.layers().limit())
                        .filter(limit -> !(limit instanceof FactorLimit.None)),
                (options, kind) -> options.withLayers(layers -> limited(layers, kind)))
            .onlyWith(MAX_FACTOR, "above 0"),
        new CurvatureOption<>(
            "skip-layers",
            OptionText.patterns(),
            options -> Optional.of(options.layers().skipped()),
            (options, patterns) ->
                options.withSkippedLayers(
                    patterns.stream().map(NamePattern::text).toArray(String[]::new))),
        new CurvatureOption<>(
            "layer-damping",
            OptionText.perLayer(OptionText.schedule(steps)),
            options ->
                Optional.of(
                    overridden(options, override -> override.damping().map(Damping::strength))),
            (options, strengths) ->
                overriding(
                    options,
                    strengths,
                    (override, strength) ->
                        override.withDamping(
                            options.approximation().damping().withStrength(strength)))),
        new CurvatureOption<>(
            "layer-period",
            OptionText.perLayer(OptionText.whole()),
            options ->
                Optional.of(
                    overridden(options, override -> override.refreshes().map(own -> own.period()))),
            (options, periods) ->
                overriding(
                    options,
                    periods,
                    (override, period) ->
                        override.withRefreshes(options.refreshes().withPeriod(period)))),
        new CurvatureOption<>(
            "layer-solver",
            OptionText.perLayer(OptionText.oneOf("solver", CurvatureOptionTable.PLAIN_SOLVERS)),
            options ->
                options.approximation() instanceof Approximation.Inverses
                    ? Optional.of(overridden(options, LayerOverride::exactSolver))
                    : Optional.empty(),
            (options, solvers) -> overriding(options, solvers, LayerOverride::withExactSolver)),
        new CurvatureOption<>(
            "normalization-blocks",
            OptionText.truth(),
            options ->
                Optional.of(options.layers().normalization() == NormalizationParameters.UNITWISE),
            (options, blocks) ->
                options.withLayers(
                    layers ->
                        layers.withNormalization(
                            blocks
                                ? NormalizationParameters.UNITWISE
                                : NormalizationParameters.PLAIN))),
        new CurvatureOption<>(
            "strict",
            OptionText.truth(),
            options -> Optional.of(options.layers().fallback() == Fallback.FAIL),
            (options, strict) ->
                options.withLayers(
                    given -> given.withFallback(strict ? Fallback.FAIL : Fallback.FIRST_ORDER))));
  }

  private static int largest(FactorLimit limit) {
    if (limit instanceof FactorLimit.Blocks blocks) {
      return blocks.blockSize();
    }
    return limit instanceof FactorLimit.OneSided oneSided ? oneSided.largest() : 0;
  }

  private static LayerOptions limited(LayerOptions layers, FactorLimit kind) {
    int largest = largest(layers.limit());
    return layers.withLimit(
        kind instanceof FactorLimit.OneSided
            ? FactorLimit.oneSided(largest)
            : FactorLimit.blocks(largest));
  }

  private static <V> Map<String, V> overridden(
      KfacOptions options, Function<LayerOverride, Optional<V>> setting) {
    Map<String, V> values = new LinkedHashMap<>();
    for (LayerOverride override : options.layers().overrides()) {
      setting.apply(override).ifPresent(value -> values.put(override.pattern().text(), value));
    }
    return values;
  }

  private static <V> KfacOptions overriding(
      KfacOptions options,
      Map<String, V> values,
      BiFunction<LayerOverride, V, LayerOverride> setting) {
    KfacOptions all = options;
    for (Map.Entry<String, V> entry : values.entrySet()) {
      all = all.withLayer(entry.getKey(), layer -> setting.apply(layer, entry.getValue()));
    }
    return all;
  }
}
