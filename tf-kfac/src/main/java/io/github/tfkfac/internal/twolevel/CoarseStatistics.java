package io.github.tfkfac.internal.twolevel;

import io.github.tfkfac.extension.FisherTap;
import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.Tap;
import io.github.tfkfac.internal.factor.Sums;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Statistics that make up the coarse Fisher matrix of L layers: {@code F_c = E[ααᵀ] ∘ E[γγᵀ]}, with
 * α the sum over a layer's input row (the bias's 1 included) and γ the sum over its output
 * gradient.
 *
 * <p>{@code F_c[i, j]} is the sum over all entries of the block {@code A_ij ⊗ G_ij}, of which
 * nothing is formed: O(N·L²) per position.
 *
 * <p><i>Shapes</i>: {@code [L, L]} both, symmetric. <i>Scale</i>: that of K-FAC. The first is
 * summed over output positions and divided by N; the second is the mean over examples and positions
 * of products of {@code N·∂L/∂s}, for a loss that is a mean over the batch.
 *
 * <p>Of two layers with maps of different size the larger is brought to the smaller by nearest
 * neighbors, {@code source = floor(target·big/small)} in each direction; a dense layer has one
 * position. Of a layer in groups α is the mean over the groups. Every layer's output has the N
 * examples as first dimension.
 *
 * <p><i>Numerics</i>: positive semi-definite if all maps have one size. Source: two-level K-FAC,
 * appendix A.
 */
public record CoarseStatistics<T extends TNumber>(
    Operand<T> inputProducts, Operand<T> gradientProducts) {

  /** Whether a layer can take part: all but those without input rows, scale and shift. */
  public static boolean covers(LayerSite<?> site) {
    return !(site.kind() instanceof LayerKind.ScaleShift);
  }

  /**
   * The statistics of a batch.
   *
   * @param taps one per layer; with several backward passes their gradient products add up
   * @throws IllegalArgumentException if there is no layer, or one that is not covered, or the
   *     number of a layer's output positions is not static
   */
  public static <T extends TNumber> CoarseStatistics<T> of(Ops tf, List<FisherTap<T>> taps) {
    if (taps.isEmpty()) {
      throw new IllegalArgumentException(
          "expected at least one captured layer for the two-level correction, found none");
    }
    Tap<T> any = taps.get(0).columns().get(0);
    Operand<T> gradient = any.gradient(tf, any.flows().get(0));
    Operand<T> examples =
        tf.dtypes.cast(
            tf.gather(tf.shape(gradient), tf.constant(0), tf.constant(0)), gradient.type());

    MapGroups<T> inputs =
        new MapGroups<>(
            tf, taps.stream().map(tap -> CoarseMaps.input(tf, tap.columns().get(0))).toList());
    List<Operand<T>> perPass = new ArrayList<>();
    for (int i = 0; i < taps.get(0).columns().size(); i++) {
      int pass = i;
      List<Operand<T>> maps =
          taps.stream().map(tap -> CoarseMaps.gradient(tf, tap.columns().get(pass))).toList();
      perPass.add(new MapGroups<>(tf, maps).products());
    }
    Operand<T> gradientSum = Sums.added(tf, perPass);
    Operand<T> positions = tf.dtypes.cast(tf.constant(inputs.positions()), gradient.type());
    return new CoarseStatistics<>(
        tf.math.div(inputs.products(), examples),
        // N² of the gradients' scale over N·|T| summands.
        tf.math.mul(gradientSum, tf.math.div(examples, positions)));
  }

  /** {@code F_c}. */
  public Operand<T> fisher(Ops tf) {
    return tf.math.mul(inputProducts, gradientProducts);
  }
}
