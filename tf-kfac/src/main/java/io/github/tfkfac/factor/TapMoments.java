package io.github.tfkfac.factor;

import io.github.tfkfac.capture.Tap;
import io.github.tfkfac.graph.FactorStructure;
import io.github.tfkfac.graph.LayerSite;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** The second moments of a tapped layer: those of all uses of its weight, pooled. */
public final class TapMoments {

  private TapMoments() {}

  /** Sums over every use of the layer's weight, in full, with a row for every position. */
  public static <T extends TNumber> SecondMoments<T> of(Ops tf, Tap<T> tap) {
    return of(tf, tap, tap.site().inputStructure(), tap.site().outputStructure());
  }

  /** Sums over every use of the layer's weight where they are kept, a row for every position. */
  public static <T extends TNumber> SecondMoments<T> of(
      Ops tf, Tap<T> tap, FactorStructure input, FactorStructure output) {
    return of(tf, tap, input, output, Positions.expand());
  }

  /**
   * Sums over every use of the layer's weight; what is not kept is not computed.
   *
   * @param input which entries of {@link SecondMoments#inputSum}, and its shape
   * @param output which entries of {@link SecondMoments#gradientSum}, and its shape
   * @param positions what a row is
   * @throws IllegalArgumentException if a structure is no part of the layer's own
   */
  public static <T extends TNumber> SecondMoments<T> of(
      Ops tf, Tap<T> tap, FactorStructure input, FactorStructure output, Positions positions) {
    LayerSite<T> site = tap.site();
    requirePart(site, "input", input, site.inputStructure());
    requirePart(site, "output", output, site.outputStructure());
    LayerMoments moments = LayerMoments.of(site);
    return tap.flows().stream()
        .map(
            flow ->
                positions instanceof Positions.Reduce
                    ? ofRows(
                        tf,
                        moments.reduced(tf, tap.input(tf, flow), tap.gradient(tf, flow)),
                        input,
                        output)
                    : moments.of(tf, tap.input(tf, flow), tap.gradient(tf, flow), input, output))
        .reduce((first, second) -> first.plus(tf, second))
        .orElseThrow(() -> new IllegalStateException("layer '" + site.name() + "' has no uses"));
  }

  private static <T extends TNumber> SecondMoments<T> ofRows(
      Ops tf, LayerRows<T> rows, FactorStructure input, FactorStructure output) {
    Operand<T> count = Sums.count(tf, rows.gradient(), 0);
    return new SecondMoments<>(
        RowSums.of(tf, rows.input(), input), RowSums.of(tf, rows.gradient(), output), count, count);
  }

  private static void requirePart(
      LayerSite<?> site, String side, FactorStructure kept, FactorStructure full) {
    if (!kept.isPartOf(full)) {
      throw new IllegalArgumentException(
          "expected a part of %s for the %s factor of layer '%s', found %s"
              .formatted(full, side, site.name(), kept));
    }
  }
}
