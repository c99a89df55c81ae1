package io.github.tfkfac.models.layer;

import io.github.tfkfac.PredictiveDistribution;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * The loss of a classifier: {@code -(1/N) Σ_n Σ_k q_nk log softmax(z_n)_k}, where {@code q = (1 -
 * s) t + s / K} are the smoothed targets.
 *
 * <p><i>Shapes</i>: logits z and targets t {@code [N, K]}, loss {@code []}. <i>Scale</i>: mean over
 * the batch. <i>Numerics</i>: from log-softmax; TensorFlow's fused operation has no gradient in
 * float64.
 *
 * @param labelSmoothing s, at least 0 and below 1
 */
public record SoftmaxCrossEntropy(double labelSmoothing) implements ClassificationLoss {

  public SoftmaxCrossEntropy {
    Checks.fraction("label smoothing", labelSmoothing);
  }

  /** Without label smoothing. */
  public SoftmaxCrossEntropy() {
    this(0);
  }

  /**
   * The mean loss of a batch.
   *
   * @param targets the distribution of each example's class, one-hot for a known class; see {@link
   *     Labels#oneHot}
   */
  @Override
  public <T extends TNumber> Operand<T> loss(Ops tf, Operand<T> logits, Operand<T> targets) {
    Operand<T> logLikelihood =
        tf.reduceSum(
            tf.math.mul(smoothed(tf, targets, logits), tf.nn.logSoftmax(logits)), tf.constant(1));
    return tf.math.neg(tf.math.mean(logLikelihood, tf.constant(0)));
  }

  @Override
  public <T extends TNumber> PredictiveDistribution<T> predicted(Operand<T> logits) {
    return PredictiveDistribution.categorical(logits);
  }

  private <T extends TNumber> Operand<T> smoothed(Ops tf, Operand<T> targets, Operand<T> logits) {
    if (labelSmoothing == 0) {
      return targets;
    }
    Class<T> type = logits.type();
    return tf.math.add(
        tf.math.mul(targets, tf.constant(type, 1 - labelSmoothing)),
        tf.constant(type, labelSmoothing / logits.shape().get(1)));
  }
}
