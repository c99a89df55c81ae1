package io.github.tfkfac.tools.inspect;

import io.github.tfkfac.Approximation.Eigenbases;
import io.github.tfkfac.Approximation.Spectrum;
import io.github.tfkfac.FactorLimit;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.LayerSite;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/**
 * A limit of the factors with which the first step takes no more than {@value #MOST_STEPS} steps of
 * training without preconditioning, by {@link CostModel} and the speed of a decomposition.
 *
 * <p>The statistics and the refresh may take {@value #REFRESH_STEPS} of them: a session's first run
 * of them took two to four times as long as a later one (10,816 inputs, batch 128, two cores).
 *
 * @param layer the layer with the largest factor
 * @param rows of that factor
 * @param maxFactor the largest power of two that suffices, or the smallest that is considered
 * @param oneSided whether larger factors become the identity, as EKFAC needs whole ones, instead of
 *     blocks
 * @param stepsInFull what a refresh of factors in full and the statistics before it take, in steps
 * @param steps the same with the limit
 */
public record FactorAdvice(
    String layer, int rows, int maxFactor, boolean oneSided, double stepsInFull, double steps) {

  /** The first step may take as long as this many, and a refresh of factors in full as well. */
  static final double MOST_STEPS = 20;

  /** Statistics and refresh with the limit may take as long as this many steps. */
  static final double REFRESH_STEPS = 10;

  private static final int LARGEST = 8192;

  /** Factors up to this many rows are never left out as a whole. */
  private static final int LEAST_LEFT_OUT = 4096;

  /** Smaller factors are never worth a limit. */
  private static final int SMALLEST = 256;

  /** Eigenvectors of small batches' factors need blocks as small as this. */
  private static final int SMALLEST_BLOCK = 128;

  /**
   * The advice for a network; empty where factors in full are no trouble, or are limited already.
   *
   * @param optimizer whose training step was built
   * @param outputs output units of the network, that is, numbers per example
   */
  public static Optional<FactorAdvice> of(
      Kfac optimizer, KfacOptions options, int batch, int outputs) {
    return of(optimizer, options, batch, outputs, Output::shape);
  }

  static Optional<FactorAdvice> of(
      Kfac optimizer,
      KfacOptions options,
      int batch,
      int outputs,
      Function<Output<?>, Shape> shapes) {
    boolean whole =
        options.approximation() instanceof Eigenbases bases
            && bases.spectrum() == Spectrum.REESTIMATED;
    Optional<Widest> widest =
        optimizer.layers().stream()
            .flatMap(FactorAdvice::factors)
            .max(Comparator.comparingInt(Widest::rows));
    if (!(options.layers().limit() instanceof FactorLimit.None)
        || widest.isEmpty()
        || widest.get().rows() <= (whole ? LEAST_LEFT_OUT : SMALLEST)) {
      return Optional.empty();
    }
    Estimate estimate = new Estimate(optimizer.layers(), options, batch, outputs, shapes);
    double inFull = estimate.steps(FactorLimit.none());
    if (inFull <= MOST_STEPS) {
      return Optional.empty();
    }
    int size = LARGEST;
    while (size > (whole ? LEAST_LEFT_OUT : SMALLEST_BLOCK)
        && (size >= widest.get().rows() || estimate.steps(limit(size, whole)) > REFRESH_STEPS)) {
      size /= 2;
    }
    return Optional.of(
        new FactorAdvice(
            widest.get().layer(),
            widest.get().rows(),
            size,
            whole,
            inFull,
            estimate.steps(limit(size, whole))));
  }

  private static FactorLimit limit(int rows, boolean oneSided) {
    return oneSided ? FactorLimit.oneSided(rows) : FactorLimit.blocks(rows);
  }

  /** The command line's options for it. */
  public Map<String, String> options() {
    Map<String, String> options = new LinkedHashMap<>();
    if (oneSided) {
      options.put("large-factors", "one-sided");
    }
    options.put("max-factor", Integer.toString(maxFactor));
    return options;
  }

  /** One line about it. */
  public String text() {
    return String.format(
        Locale.ROOT,
        "layer '%s' has a factor of %d rows, and a refresh of the inverses is estimated at %.0f plain"
            + " steps; with %s (%s) at %.0f",
        layer,
        rows,
        stepsInFull,
        options().entrySet().stream()
            .map(option -> "--" + option.getKey() + " " + option.getValue())
            .collect(Collectors.joining(" ")),
        oneSided ? "the identity in its place" : "blocks of " + maxFactor + " rows",
        Math.ceil(steps));
  }

  private record Widest(String layer, int rows) {}

  private static Stream<Widest> factors(LayerSite<?> site) {
    return Stream.of(site.inputStructure(), site.outputStructure())
        .filter(FactorStructure.Full.class::isInstance)
        .map(factor -> new Widest(site.name(), factor.size()));
  }

  private record Estimate(
      List<? extends LayerSite<?>> sites,
      KfacOptions options,
      int batch,
      int outputs,
      Function<Output<?>, Shape> shapes) {

    /** Statistics and an exact refresh, in plain steps. */
    double steps(FactorLimit limit) {
      CostModel model =
          new CostModel(options.withLayers(given -> given.withLimit(limit)), batch, outputs);
      StepCost cost =
          sites.stream()
              .map(site -> model.of(site, LayerSize.of(site, batch, shapes)))
              .reduce(StepCost.ZERO, StepCost::plus);
      return cost.firstRefresh();
    }
  }
}
