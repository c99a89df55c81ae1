package io.github.tfkfac.models.layer;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TIntegral;
import org.tensorflow.types.family.TNumber;

/**
 * The loss of a classifier: {@code -(1/N) Σ_n Σ_k q_nk log softmax(z_n)_k} with targets {@code q_nk
 * = (1 - s) [k = label_n] + s / K}.
 *
 * <p><i>Numerics</i>: from log-softmax; TensorFlow's fused operation has no gradient in float64.
 *
 * <p><i>Shapes</i>: logits z {@code [N, K]}, labels {@code [N]}, loss {@code []}. <i>Scale</i>:
 * mean over the batch.
 *
 * @param labelSmoothing s, at least 0 and below 1
 */
public record SoftmaxCrossEntropy(double labelSmoothing) {

  public SoftmaxCrossEntropy {
    Checks.fraction("label smoothing", labelSmoothing);
  }

  /** Without label smoothing. */
  public SoftmaxCrossEntropy() {
    this(0);
  }

  /** The mean loss of a batch. */
  public <T extends TNumber> Operand<T> loss(
      Ops tf, Operand<T> logits, Operand<? extends TIntegral> labels) {
    Operand<T> targets = targets(tf, labels, (int) logits.shape().get(1), logits.type());
    Operand<T> logLikelihood =
        tf.reduceSum(tf.math.mul(targets, tf.nn.logSoftmax(logits)), tf.constant(1));
    return tf.math.neg(tf.math.mean(logLikelihood, tf.constant(0)));
  }

  private <T extends TNumber> Operand<T> targets(
      Ops tf, Operand<? extends TIntegral> labels, int classes, Class<T> type) {
    double other = labelSmoothing / classes;
    return tf.oneHot(
        labels,
        tf.constant(classes),
        tf.constant(type, 1 - labelSmoothing + other),
        tf.constant(type, other));
  }
}
