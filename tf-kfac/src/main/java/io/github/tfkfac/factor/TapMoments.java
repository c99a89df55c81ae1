package io.github.tfkfac.factor;

import io.github.tfkfac.capture.Tap;
import io.github.tfkfac.graph.FactorStructure;
import io.github.tfkfac.graph.LayerSite;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** The second moments of a tapped layer: those of all uses of its weight, pooled. */
public final class TapMoments {

  private TapMoments() {}

  /** Sums over every use of the layer's weight, in full. */
  public static <T extends TNumber> SecondMoments<T> of(Ops tf, Tap<T> tap) {
    return of(tf, tap, tap.site().inputStructure(), tap.site().outputStructure());
  }

  /**
   * Sums over every use of the layer's weight, computed only where they are kept.
   *
   * @param input which entries of {@link SecondMoments#inputSum}, and its shape
   * @param output which entries of {@link SecondMoments#gradientSum}, and its shape
   * @throws IllegalArgumentException if a structure is no part of the layer's own
   */
  public static <T extends TNumber> SecondMoments<T> of(
      Ops tf, Tap<T> tap, FactorStructure input, FactorStructure output) {
    LayerSite<T> site = tap.site();
    requirePart(site, "input", input, site.inputStructure());
    requirePart(site, "output", output, site.outputStructure());
    LayerMoments moments = of(site);
    return tap.flows().stream()
        .map(flow -> moments.of(tf, flow.input(tf), flow.outputGradient(), input, output))
        .reduce((first, second) -> first.plus(tf, second))
        .orElseThrow(() -> new IllegalStateException("layer '" + site.name() + "' has no uses"));
  }

  private static void requirePart(
      LayerSite<?> site, String side, FactorStructure kept, FactorStructure full) {
    if (!kept.isPartOf(full)) {
      throw new IllegalArgumentException(
          "expected a part of %s for the %s factor of layer '%s', found %s"
              .formatted(full, side, site.name(), kept));
    }
  }

  private static LayerMoments of(LayerSite<?> site) {
    Bias bias = site.bias().isPresent() ? Bias.PRESENT : Bias.ABSENT;
    if (site instanceof LayerSite.Convolution<?> convolution) {
      return new ConvolutionMoments(convolution.geometry(), bias);
    }
    if (site instanceof LayerSite.DepthwiseConvolution<?> depthwise) {
      return new DepthwiseMoments(depthwise.geometry(), bias);
    }
    return new DenseMoments(site.inputSize() - bias.entries(), site.outputSize(), bias);
  }
}
