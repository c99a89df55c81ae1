package io.github.tfkfac;

import io.github.tfkfac.extension.Damping;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Options for the choice of the preconditioned layers, the structure that is kept of their factors,
 * and settings of single layers.
 *
 * @param captured which layers may be captured, by the name of their weight
 * @param skipped patterns of layers that are trained without preconditioning; each must match one
 * @param fallback whether a matrix or kernel may be trained without preconditioning
 * @param noLayers whether a network without any captured layer may be trained
 * @param limit what is kept of large factors
 * @param normalization training method of the scale and shift of normalization layers
 * @param overrides settings of single layers; each pattern must match one, of every setting the
 *     last match counts
 */
public record LayerOptions(
    VariableFilter captured,
    List<NamePattern> skipped,
    Fallback fallback,
    NoLayers noLayers,
    FactorLimit limit,
    NormalizationParameters normalization,
    List<LayerOverride> overrides) {

  /**
   * Treatment of a matrix or kernel (a variable of rank 2 or more) that belongs to no captured
   * layer.
   */
  public enum Fallback {
    /** It is trained by the same update rule without preconditioning. */
    FIRST_ORDER,
    /** {@code minimize} rejects the graph and names it. */
    FAIL
  }

  /** Treatment of a network in which no layer is captured. */
  public enum NoLayers {
    /** {@code minimize} stops and says why. */
    REJECT,
    /** Everything is trained by the same rule without preconditioning. */
    TRAIN
  }

  public LayerOptions {
    skipped = List.copyOf(skipped);
    overrides = List.copyOf(overrides);
  }

  /** Every layer, dense factors of any size, no exceptions. */
  public static LayerOptions all() {
    return new LayerOptions(
        name -> true,
        List.of(),
        Fallback.FIRST_ORDER,
        NoLayers.REJECT,
        FactorLimit.none(),
        NormalizationParameters.PLAIN,
        List.of());
  }

  /** The same with another choice of layers. */
  public LayerOptions withCaptured(VariableFilter other) {
    return new LayerOptions(other, skipped, fallback, noLayers, limit, normalization, overrides);
  }

  /**
   * The same, but layers whose weight's name matches one of the patterns, such as {@code fc*}, are
   * trained without preconditioning.
   */
  public LayerOptions withSkipped(String... patterns) {
    List<NamePattern> all = new ArrayList<>(skipped);
    Stream.of(patterns).map(NamePattern::new).forEach(all::add);
    return new LayerOptions(captured, all, fallback, noLayers, limit, normalization, overrides);
  }

  /** The same with another treatment of matrices outside of captured layers. */
  public LayerOptions withFallback(Fallback other) {
    return new LayerOptions(captured, skipped, other, noLayers, limit, normalization, overrides);
  }

  /** The same, but a network without any captured layer is trained without preconditioning. */
  public LayerOptions withNoLayersAllowed() {
    return new LayerOptions(
        captured, skipped, fallback, NoLayers.TRAIN, limit, normalization, overrides);
  }

  /** The same with another treatment of large factors. */
  public LayerOptions withLimit(FactorLimit other) {
    return new LayerOptions(captured, skipped, fallback, noLayers, other, normalization, overrides);
  }

  /** The same with another treatment of normalization's scale and shift. */
  public LayerOptions withNormalization(NormalizationParameters other) {
    return new LayerOptions(captured, skipped, fallback, noLayers, limit, other, overrides);
  }

  /**
   * The same with settings for the layers whose weight's name matches a pattern; later calls win.
   */
  public LayerOptions withLayer(String pattern, UnaryOperator<LayerOverride> settings) {
    List<LayerOverride> all = new ArrayList<>(overrides);
    all.add(settings.apply(LayerOverride.of(pattern)));
    return new LayerOptions(captured, skipped, fallback, noLayers, limit, normalization, all);
  }

  /** The same with every damping changed. */
  LayerOptions withDampings(UnaryOperator<Damping> change) {
    List<LayerOverride> changed =
        overrides.stream()
            .map(
                override ->
                    override
                        .damping()
                        .map(damping -> override.withDamping(change.apply(damping)))
                        .orElse(override))
            .toList();
    return new LayerOptions(captured, skipped, fallback, noLayers, limit, normalization, changed);
  }
}
