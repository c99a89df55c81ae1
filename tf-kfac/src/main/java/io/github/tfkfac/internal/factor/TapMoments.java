package io.github.tfkfac.internal.factor;

import io.github.tfkfac.Positions;
import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.FisherTap;
import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.SecondMoments;
import io.github.tfkfac.extension.Tap;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** Second moments of a captured layer, summed over all uses of its weight. */
public final class TapMoments {

  private TapMoments() {}

  /**
   * The moments over all backward passes of a Fisher matrix: {@code gradientSum} adds up, the
   * inputs and the counts are those of one pass. Of a scale and shift, whose gradients make up
   * {@code inputSum}, that adds up.
   *
   * @param kept which entries of the sums, and their shapes; the others are not computed
   * @throws IllegalArgumentException if a structure is no part of the layer's own
   */
  public static <T extends TNumber> SecondMoments<T> of(
      Ops tf, FisherTap<T> tap, LayerMoments moments, LayerMoments.Kept kept, Positions positions) {
    boolean inputsAreGradients = tap.site().kind() instanceof LayerKind.ScaleShift;
    boolean whole = inputsAreGradients || positions instanceof Positions.Reduce;
    LayerMoments.Kept repeated =
        inputsAreGradients
            ? kept
            : new LayerMoments.Kept(
                new FactorStructure.Identity(tap.site().inputSize()), kept.gradient());
    SecondMoments<T> sum = of(tf, tap.columns().get(0), moments, kept, positions);
    List<Operand<T>> inputs = new ArrayList<>(List.of(sum.inputSum()));
    List<Operand<T>> gradients = new ArrayList<>(List.of(sum.gradientSum()));
    for (Tap<T> column : tap.columns().subList(1, tap.columns().size())) {
      if (whole) {
        SecondMoments<T> next = of(tf, column, moments, repeated, positions);
        inputs.add(next.inputSum());
        gradients.add(next.gradientSum());
      } else {
        gradients.add(gradientSum(tf, column, kept.gradient()));
      }
    }
    return gradients.size() == 1
        ? sum
        : new SecondMoments<>(
            inputsAreGradients ? tf.math.addN(inputs) : sum.inputSum(),
            tf.math.addN(gradients),
            sum.rows(),
            sum.examples());
  }

  private static <T extends TNumber> SecondMoments<T> of(
      Ops tf, Tap<T> tap, LayerMoments moments, LayerMoments.Kept kept, Positions positions) {
    LayerSite<T> site = tap.site();
    requirePart(site, "input", kept.input(), site.inputStructure());
    requirePart(site, "output", kept.gradient(), site.outputStructure());
    return tap.flows().stream()
        .map(
            flow ->
                positions instanceof Positions.Reduce
                    ? ofRows(
                        tf, moments.reduced(tf, tap.input(tf, flow), tap.gradient(tf, flow)), kept)
                    : moments.of(tf, tap.input(tf, flow), tap.gradient(tf, flow), kept))
        .reduce((first, second) -> first.plus(tf, second))
        .orElseThrow();
  }

  /** {@code Σ gᵀg} of one backward pass alone. */
  private static <T extends TNumber> Operand<T> gradientSum(
      Ops tf, Tap<T> tap, FactorStructure kept) {
    FactorStructure full = tap.site().outputStructure();
    int[] rows =
        full instanceof FactorStructure.Stack stack
            ? new int[] {-1, stack.count(), stack.size()}
            : new int[] {-1, full.size()};
    return tap.flows().stream()
        .map(flow -> tap.gradient(tf, flow))
        .map(g -> g.shape().numDimensions() == rows.length ? g : tf.reshape(g, tf.constant(rows)))
        .map(g -> Sums.kept(tf, g, kept))
        .reduce((first, second) -> tf.math.add(first, second))
        .orElseThrow(
            () -> new IllegalStateException("layer '" + tap.site().name() + "' has no uses"));
  }

  private static <T extends TNumber> SecondMoments<T> ofRows(
      Ops tf, LayerRows<T> rows, LayerMoments.Kept kept) {
    Operand<T> count = Sums.count(tf, rows.gradient(), 0);
    return new SecondMoments<>(
        Sums.kept(tf, rows.input(), kept.input()),
        Sums.kept(tf, rows.gradient(), kept.gradient()),
        count,
        count);
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
