package io.github.tfkfac;

import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.SecondMoments;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Estimates Kronecker factors from a batch's sums of outer products.
 *
 * <p><i>Scale</i>: the gradients in {@link SecondMoments} are those of a loss averaged over the
 * batch.
 */
public sealed interface FactorEstimate {

  /** The batch's input factor. */
  <T extends TNumber> Operand<T> inputFactor(Ops tf, LayerSite<T> site, SecondMoments<T> moments);

  /** The batch's output-gradient factor. */
  <T extends TNumber> Operand<T> outputFactor(Ops tf, SecondMoments<T> moments);

  /** NKFAC's scale. */
  static FactorEstimate meanOfRows() {
    return new MeanOfRows();
  }

  /** K-FAC's scale. */
  static FactorEstimate perExample() {
    return new PerExample();
  }

  /**
   * {@code A = Σ x̄ᵀx̄ / rows}, {@code G = Σ gᵀg} as it comes (Sun et al. 2023, NKFAC): meant to be
   * normalized.
   */
  record MeanOfRows() implements FactorEstimate {

    @Override
    public <T extends TNumber> Operand<T> inputFactor(
        Ops tf, LayerSite<T> site, SecondMoments<T> moments) {
      return tf.math.div(moments.inputSum(), moments.rows());
    }

    @Override
    public <T extends TNumber> Operand<T> outputFactor(Ops tf, SecondMoments<T> moments) {
      return moments.gradientSum();
    }
  }

  /**
   * {@code A = Σ x̄ᵀx̄ / N} and {@code G = (N²/rows) Σ gᵀg}: with {@code rows = N·|T|} for {@code
   * |T|} output positions, and {@code N·g} the gradient of one example's loss, A sums and G
   * averages over the positions (Martens and Grosse 2015; Grosse and Martens 2016, KFC). The one
   * factor of a scale and shift is made of gradients and scaled like them.
   */
  record PerExample() implements FactorEstimate {

    @Override
    public <T extends TNumber> Operand<T> inputFactor(
        Ops tf, LayerSite<T> site, SecondMoments<T> moments) {
      if (site.kind() instanceof LayerKind.ScaleShift) {
        return tf.math.mul(moments.inputSum(), moments.examples());
      }
      return tf.math.div(moments.inputSum(), moments.examples());
    }

    @Override
    public <T extends TNumber> Operand<T> outputFactor(Ops tf, SecondMoments<T> moments) {
      return tf.math.mul(
          moments.gradientSum(), tf.math.div(tf.math.square(moments.examples()), moments.rows()));
    }
  }
}
