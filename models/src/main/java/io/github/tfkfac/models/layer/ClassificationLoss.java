package io.github.tfkfac.models.layer;

import io.github.tfkfac.PredictiveDistribution;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * The loss of a classifier: the negative log-likelihood of the targets under the distribution that
 * its logits stand for.
 *
 * <p><i>Shapes</i>: logits z and targets t {@code [N, K]}, loss {@code []}. <i>Scale</i>: mean over
 * the batch.
 */
public sealed interface ClassificationLoss permits SoftmaxCrossEntropy, SigmoidCrossEntropy {

  /** The mean loss of a batch. */
  <T extends TNumber> Operand<T> loss(Ops tf, Operand<T> logits, Operand<T> targets);

  /** The distribution of the targets that logits stand for, without smoothing. */
  <T extends TNumber> PredictiveDistribution<T> predicted(Operand<T> logits);

  /** The share s of the uniform distribution in the smoothed targets. */
  double labelSmoothing();
}
