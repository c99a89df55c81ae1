package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.Approximation;
import io.github.tfkfac.Approximation.Inverses;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.LayerOptions;
import io.github.tfkfac.LayerOverride;
import io.github.tfkfac.NamePattern;
import io.github.tfkfac.RefreshPolicy;
import io.github.tfkfac.ScanReport;
import io.github.tfkfac.ScanReport.Outcome;
import io.github.tfkfac.VariableFilter;
import io.github.tfkfac.extension.LayerSite;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Applies the settings of single layers. */
public final class Overrides {

  private Overrides() {}

  /**
   * Filter of the layers that may be captured: those of the options' filter that no pattern skips.
   */
  public static VariableFilter captured(LayerOptions layers) {
    return name ->
        layers.captured().accepts(name)
            && layers.skipped().stream().noneMatch(pattern -> pattern.matches(name));
  }

  /** The approximation of a layer. */
  static Approximation approximation(String layer, KfacOptions options) {
    Approximation approximation = options.approximation();
    Optional<LayerOverride> override = of(layer, options.layers());
    if (override.isEmpty()) {
      return approximation;
    }
    Approximation damped =
        override.get().damping().map(approximation::withDamping).orElse(approximation);
    if (override.get().exactSolver().isEmpty() && override.get().iterativeSolver().isEmpty()) {
      return damped;
    }
    if (!(damped instanceof Inverses inverses)) {
      throw new IllegalArgumentException(
          "expected no solver for the layers '%s', because %s does not invert averaged factors; leave it out"
              .formatted(override.get().pattern(), approximation));
    }
    return inverses.withSolvers(
        override.get().exactSolver().orElse(inverses.exactSolver()),
        override.get().iterativeSolver().orElse(inverses.iterativeSolver()));
  }

  /** Refresh policy of a layer. */
  public static RefreshPolicy refreshes(String layer, KfacOptions options) {
    return of(layer, options.layers())
        .flatMap(LayerOverride::refreshes)
        .orElse(options.refreshes());
  }

  /**
   * Rejects patterns that match no layer.
   *
   * @param report what the scan found
   */
  public static void requireMatches(
      LayerOptions layers, List<LayerSite<?>> sites, ScanReport report) {
    List<String> captured = sites.stream().map(LayerSite::name).toList();
    layers.overrides().stream()
        .map(LayerOverride::pattern)
        .forEach(pattern -> requireMatch("override", pattern, captured));
    layers.skipped().forEach(pattern -> requireMatch("skip", pattern, sites, report));
  }

  /**
   * Rejects a pattern that matches no layer and nothing that might be one, but at most their
   * biases.
   *
   * @param what the pattern says
   */
  static void requireMatch(
      String what, NamePattern pattern, List<? extends LayerSite<?>> sites, ScanReport report) {
    Set<String> captured = sites.stream().map(LayerSite::name).collect(Collectors.toSet());
    requireMatch(
        what,
        pattern,
        report.entries().stream()
            .filter(e -> e.outcome() != Outcome.CAPTURED || captured.contains(e.variable()))
            .map(ScanReport.Entry::variable)
            .toList());
  }

  /** Rejects a pattern that matches none of the names. */
  static void requireMatch(String what, NamePattern pattern, List<String> names) {
    if (names.stream().noneMatch(pattern::matches)) {
      String known =
          String.join(", ", Stream.concat(names.stream().limit(8), more(names)).toList());
      throw new IllegalArgumentException(
          "expected the pattern '%s' (%s) to match a layer's weight, found none among: %s; '*' stands for any characters"
              .formatted(pattern, what, known.isEmpty() ? "no layer at all" : known));
    }
  }

  /**
   * Rejects a network in which no layer is captured, unless the options allow it.
   *
   * @throws IllegalStateException naming the variables and why they belong to no layer
   */
  public static void requireLayers(
      LayerOptions layers, List<LayerSite<?>> sites, ScanReport report) {
    if (!sites.isEmpty() || layers.noLayers() == LayerOptions.NoLayers.TRAIN) {
      return;
    }
    List<String> reasons =
        report.of(Outcome.PLAIN).stream()
            .sorted(Comparator.comparing(entry -> -entry.shape().numDimensions()))
            .map(entry -> "'" + entry.variable() + "' (" + entry.reason() + ")")
            .toList();
    throw new IllegalStateException(
        "expected at least one layer for K-FAC to precondition, found none: %s; use a first-order optimizer, or allow it with LayerOptions.withNoLayersAllowed()"
            .formatted(
                String.join(
                    ", ", Stream.concat(reasons.stream().limit(8), more(reasons)).toList())));
  }

  private static Stream<String> more(List<String> names) {
    return names.size() > 8 ? Stream.of("… (" + (names.size() - 8) + " more)") : Stream.empty();
  }

  private static Optional<LayerOverride> of(String layer, LayerOptions layers) {
    return layers.overrides().stream()
        .filter(override -> override.pattern().matches(layer))
        .reduce((first, second) -> second.over(first));
  }

  /**
   * Rejects matrices and kernels outside of captured layers, if the options do.
   *
   * @throws IllegalStateException naming the first
   */
  public static void requireCaptured(LayerOptions layers, ScanReport report) {
    if (layers.fallback() != LayerOptions.Fallback.FAIL) {
      return;
    }
    List<ScanReport.Entry> fallbacks =
        report.of(Outcome.PLAIN).stream()
            .filter(entry -> entry.shape().numDimensions() >= 2)
            .toList();
    if (!fallbacks.isEmpty()) {
      ScanReport.Entry first = fallbacks.get(0);
      throw new IllegalStateException(
          "expected every matrix and kernel to belong to a captured layer, found "
              + fallbacks.size()
              + " that do not, first '"
              + first.variable()
              + "' ("
              + first.reason()
              + "); allow the plain fallback or exclude them with a variable filter");
    }
  }
}
