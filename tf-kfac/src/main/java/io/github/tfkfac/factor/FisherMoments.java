package io.github.tfkfac.factor;

import io.github.tfkfac.capture.FisherTap;
import io.github.tfkfac.capture.Tap;
import io.github.tfkfac.graph.LayerSite;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * The second moments of a layer over all backward passes of a Fisher matrix: {@code gradientSum}
 * adds up, the inputs and the counts are those of one pass. A scale and shift, whose gradients make
 * up {@code inputSum}, adds that up.
 */
public final class FisherMoments {

  private FisherMoments() {}

  /**
   * Adds the nodes that compute the moments.
   *
   * @param moments the moments of one backward pass
   */
  public static <T extends TNumber> SecondMoments<T> of(
      Ops tf, FisherTap<T> tap, BiFunction<Ops, Tap<T>, SecondMoments<T>> moments) {
    SecondMoments<T> first = moments.apply(tf, tap.columns().get(0));
    if (tap.columns().size() == 1) {
      return first;
    }
    List<Operand<T>> inputSums = new ArrayList<>(List.of(first.inputSum()));
    List<Operand<T>> gradientSums = new ArrayList<>(List.of(first.gradientSum()));
    for (Tap<T> column : tap.columns().subList(1, tap.columns().size())) {
      SecondMoments<T> next = moments.apply(tf, column);
      inputSums.add(next.inputSum());
      gradientSums.add(next.gradientSum());
    }
    boolean ofGradients = tap.site() instanceof LayerSite.ScaleShift;
    return new SecondMoments<>(
        ofGradients ? tf.math.addN(inputSums) : first.inputSum(),
        tf.math.addN(gradientSums),
        first.rows(),
        first.examples());
  }
}
