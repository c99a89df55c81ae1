package io.github.tfkfac.models.layer;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TIntegral;
import org.tensorflow.types.family.TNumber;

/** How often a classifier's largest logit is the label. */
public final class Accuracy {

  private Accuracy() {}

  /**
   * Number of examples whose largest logit is the label; the first of equal logits counts.
   *
   * <p><i>Shapes</i>: logits {@code [N, K]}, labels {@code [N]}, count {@code []}. <i>Scale</i>:
   * sum over the batch.
   */
  public static Operand<TInt64> correctCount(
      Ops tf, Operand<? extends TNumber> logits, Operand<? extends TIntegral> labels) {
    Operand<TInt64> predictions = tf.math.argMax(logits, tf.constant(1));
    return tf.sum(
        tf.dtypes.cast(
            tf.math.equal(predictions, tf.dtypes.cast(labels, TInt64.class)), TInt64.class),
        tf.constant(0));
  }
}
