package io.github.tfkfac.internal.factor;

import io.github.tfkfac.extension.Tap;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** The rows that flow through a tapped layer, one per example. */
public final class TapRows {

  private TapRows() {}

  /**
   * The inputs averaged and the output gradients summed over the positions of each example; the
   * rows of several uses of a weight one use after the other.
   */
  public static <T extends TNumber> LayerRows<T> reduced(Ops tf, Tap<T> tap) {
    LayerMoments moments = LayerMoments.of(tap.site());
    return tap.flows().stream()
        .map(flow -> moments.reduced(tf, tap.input(tf, flow), tap.gradient(tf, flow)))
        .reduce((first, second) -> first.then(tf, second))
        .orElseThrow(
            () -> new IllegalStateException("layer '" + tap.site().name() + "' has no uses"));
  }
}
