package io.github.tfkfac.factor;

import io.github.tfkfac.capture.Tap;
import io.github.tfkfac.graph.LayerSite;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** The second moments of a tapped layer: those of all uses of its weight, pooled. */
public final class TapMoments {

  private TapMoments() {}

  /** Sums over every use of the layer's weight. */
  public static <T extends TNumber> SecondMoments<T> of(Ops tf, Tap<T> tap) {
    LayerMoments moments = of(tap.site());
    return tap.flows().stream()
        .map(flow -> moments.of(tf, flow.input(tf), flow.outputGradient()))
        .reduce((first, second) -> first.plus(tf, second))
        .orElseThrow(
            () -> new IllegalStateException("layer '" + tap.site().name() + "' has no uses"));
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
