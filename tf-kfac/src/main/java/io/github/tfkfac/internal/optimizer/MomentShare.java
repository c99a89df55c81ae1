package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.SecondMoments;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** Moments of a part of a batch in a loss that is the mean of the losses of several parts. */
final class MomentShare {

  private MomentShare() {}

  /**
   * The moments with output gradients of the mean.
   *
   * @param share of the part's loss, 1 by the number of parts
   */
  static <T extends TNumber> SecondMoments<T> of(
      Ops tf, LayerSite<T> site, SecondMoments<T> part, double share) {
    boolean inputsAreGradients = site.kind() instanceof LayerKind.ScaleShift;
    return new SecondMoments<>(
        inputsAreGradients ? scaled(tf, part.inputSum(), share) : part.inputSum(),
        scaled(tf, part.gradientSum(), share),
        part.rows(),
        part.examples());
  }

  private static <T extends TNumber> Operand<T> scaled(Ops tf, Operand<T> moments, double share) {
    return tf.math.mul(moments, tf.constant(moments.type(), share * share));
  }
}
