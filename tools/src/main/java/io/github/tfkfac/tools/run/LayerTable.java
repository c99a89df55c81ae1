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
import io.github.tfkfac.tools.setting.Form;
import io.github.tfkfac.tools.setting.Setting;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The settings of the second-order optimizers that tell layers apart; they are applied after those
 * that hold for all layers.
 */
final class LayerTable {

  /** The kinds of limits; the size is another option. */
  private static final Map<String, FactorLimit> LARGE_FACTORS =
      Form.ordered(
          Map.entry("blocks", FactorLimit.blocks(1)),
          Map.entry("one-sided", FactorLimit.oneSided(1)));

  static final Lens<Integer> MAX_FACTOR =
      Lens.of(
          new Setting<>(
              "max-factor",
              "N",
              Form.count(),
              "Rows of the largest factor that is kept in full, 0 for no limit; train "
                  + "and finetune limit factors unless it is given where a refresh would take "
                  + "as long as 20 steps. See --large-factors and 'kfac inspect'."),
          options -> Optional.of(largest(options.layers().limit())),
          (options, rows) ->
              options.withLayers(
                  layers ->
                      layers.withLimit(rows == 0 ? FactorLimit.none() : FactorLimit.blocks(rows))));

  private LayerTable() {}

  /** The settings, in the order in which they are applied. */
  static final List<Lens<?>> LENSES =
      List.of(
          MAX_FACTOR,
          Lens.of(
                  new Setting<>(
                      "large-factors",
                      "NAME",
                      Form.oneOf("treatment of large factors", LARGE_FACTORS),
                      "Larger factors become blocks of --max-factor rows along their diagonal "
                          + "(blocks), or are left out, so that the layer is preconditioned on its "
                          + "other side alone (one-sided)."),
                  options ->
                      Optional.of(options.layers().limit())
                          .filter(limit -> !(limit instanceof FactorLimit.None)),
                  (options, kind) -> options.withLayers(layers -> limited(layers, kind)))
              .onlyWith("max-factor", "above 0"),
          Lens.of(
              new Setting<>(
                      "skip-layers",
                      "PATTERN",
                      Form.patterns(),
                      "Layers that are trained without preconditioning, such as 'linear/*'; may "
                          + "be repeated, or separated by commas. 'kfac inspect' lists the names.")
                  .recordedIf(list -> !list.isEmpty()),
              options -> Optional.of(options.layers().skipped()),
              (options, patterns) ->
                  options.withSkippedLayers(
                      patterns.stream().map(NamePattern::text).toArray(String[]::new))),
          Lens.ofRun(
              new Setting<>(
                      "layer-damping",
                      "PATTERN=D",
                      Form.perLayer(Form.schedule()),
                      "Another --damping for some layers.")
                  .recordedIf(map -> !map.isEmpty()),
              options ->
                  Optional.of(
                      overridden(options, override -> override.damping().map(Damping::strength))),
              (options, strengths, steps) ->
                  overriding(
                      options,
                      strengths,
                      (override, strength) ->
                          override.withDamping(
                              options
                                  .approximation()
                                  .damping()
                                  .withStrength(Form.over(strength, steps))))),
          Lens.of(
              new Setting<>(
                      "layer-period",
                      "PATTERN=STEPS",
                      Form.perLayer(Form.whole()),
                      "Another --inverse-period for some layers.")
                  .recordedIf(map -> !map.isEmpty()),
              options ->
                  Optional.of(
                      overridden(
                          options, override -> override.refreshes().map(own -> own.period()))),
              (options, periods) ->
                  overriding(
                      options,
                      periods,
                      (override, period) ->
                          override.withRefreshes(options.refreshes().withPeriod(period)))),
          Lens.of(
              new Setting<>(
                      "layer-solver",
                      "PATTERN=NAME",
                      Form.perLayer(Form.oneOf("solver", CurvatureTable.PLAIN_SOLVERS)),
                      "Another --exact-solver for some layers.")
                  .recordedIf(map -> !map.isEmpty()),
              options ->
                  options.approximation() instanceof Approximation.Inverses
                      ? Optional.of(overridden(options, LayerOverride::exactSolver))
                      : Optional.empty(),
              (options, solvers) -> overriding(options, solvers, LayerOverride::withExactSolver)),
          Lens.of(
              new Setting<>(
                  "normalization-blocks",
                  "",
                  Form.truth(),
                  "Precondition scale and shift of a normalization layer by 2 x 2 blocks, "
                      + "one per channel."),
              options ->
                  Optional.of(options.layers().normalization() == NormalizationParameters.UNITWISE),
              (options, blocks) ->
                  options.withLayers(
                      layers ->
                          layers.withNormalization(
                              blocks
                                  ? NormalizationParameters.UNITWISE
                                  : NormalizationParameters.PLAIN))),
          Lens.of(
              new Setting<>(
                  "strict",
                  "",
                  Form.truth(),
                  "Reject a network with a matrix that belongs to no captured layer."),
              options -> Optional.of(options.layers().fallback() == Fallback.FAIL),
              (options, strict) ->
                  options.withLayers(
                      given -> given.withFallback(strict ? Fallback.FAIL : Fallback.FIRST_ORDER))));

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
