package io.github.tfkfac.models.layer;

import io.github.tfkfac.PredictiveDistribution;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * The loss of independent Bernoulli targets: {@code -(1/N) Σ_n Σ_k [q_nk log σ(z_nk) + (1 - q_nk)
 * log(1 - σ(z_nk))]}, where {@code q = (1 - s) t + s / 2} are the smoothed targets.
 *
 * <p><i>Shapes</i>: logits z and targets t {@code [N, K]}, loss {@code []}. <i>Scale</i>: sum over
 * the K targets, mean over the batch. <i>Numerics</i>: as {@code q softplus(-z) + (1 - q)
 * softplus(z)}, which neither overflows nor cancels.
 *
 * @param labelSmoothing s, at least 0 and below 1
 */
public record SigmoidCrossEntropy(double labelSmoothing) implements ClassificationLoss {

  public SigmoidCrossEntropy {
    Checks.fraction("label smoothing", labelSmoothing);
  }

  /** Without label smoothing. */
  public SigmoidCrossEntropy() {
    this(0);
  }

  @Override
  public <T extends TNumber> Operand<T> loss(Ops tf, Operand<T> logits, Operand<T> targets) {
    Class<T> type = logits.type();
    Operand<T> smoothed =
        labelSmoothing == 0
            ? targets
            : tf.math.add(
                tf.math.mul(targets, tf.constant(type, 1 - labelSmoothing)),
                tf.constant(type, labelSmoothing / 2));
    Operand<T> present = tf.math.mul(smoothed, tf.math.softplus(tf.math.neg(logits)));
    Operand<T> absent =
        tf.math.mul(tf.math.sub(tf.constant(type, 1), smoothed), tf.math.softplus(logits));
    Operand<T> perExample = tf.reduceSum(tf.math.add(present, absent), tf.constant(1));
    return tf.math.mean(perExample, tf.constant(0));
  }

  @Override
  public <T extends TNumber> PredictiveDistribution<T> predicted(Operand<T> logits) {
    return PredictiveDistribution.bernoulli(logits);
  }
}
