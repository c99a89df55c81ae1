package io.github.tfkfac.models.layer;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TIntegral;
import org.tensorflow.types.family.TNumber;

/** The labels of a classification. */
public final class Labels {

  private Labels() {}

  /**
   * 1 at each example's class, 0 elsewhere.
   *
   * <p><i>Shapes</i>: labels {@code [N]} to {@code [N, classes]}.
   */
  public static <T extends TNumber> Operand<T> oneHot(
      Ops tf, Operand<? extends TIntegral> labels, int classes, Class<T> type) {
    return tf.oneHot(labels, tf.constant(classes), tf.constant(type, 1), tf.constant(type, 0));
  }

  /**
   * Number of examples whose largest logit is where the largest target is; the first of equals
   * counts.
   *
   * <p><i>Shapes</i>: logits and targets {@code [N, K]}, count {@code []}. <i>Scale</i>: sum over
   * the batch.
   */
  public static <T extends TNumber> Operand<TInt64> correctCount(
      Ops tf, Operand<T> logits, Operand<T> targets) {
    Operand<TInt64> predicted = tf.math.argMax(logits, tf.constant(1));
    Operand<TInt64> actual = tf.math.argMax(targets, tf.constant(1));
    return tf.sum(tf.dtypes.cast(tf.math.equal(predicted, actual), TInt64.class), tf.constant(0));
  }

  /**
   * Number of outputs that lie on their target's side of zero, for targets −1 and 1.
   *
   * <p><i>Shapes</i>: outputs and targets {@code [N, 1]}, count {@code []}. <i>Scale</i>: sum over
   * the batch.
   */
  public static <T extends TNumber> Operand<TInt64> sameSignCount(
      Ops tf, Operand<T> outputs, Operand<T> targets) {
    Operand<T> zero = tf.constant(outputs.type(), 0);
    Operand<TBool> same = tf.math.greater(tf.math.mul(outputs, targets), zero);
    return tf.sum(tf.dtypes.cast(same, TInt64.class), tf.constant(new int[] {0, 1}));
  }
}
