package io.github.tfkfac.internal.gradient;

import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.family.TNumber;

/** Derivatives of log-softmax, of the cross-entropies made of it, and of normalizations. */
final class LossRules {

  private LossRules() {}

  /** {@code dx = dy - softmax(x) Σ dy}, the sum over the last axis whatever the rank. */
  static Operand<?> logSoftmax(OperationStep step) {
    Ops tf = step.tf();
    Operand<TNumber> gradient = step.gradient();
    Operand<TNumber> sum = tf.reduceSum(gradient, tf.constant(-1), ReduceSum.keepDims(true));
    return tf.math.sub(gradient, tf.math.mul(tf.math.exp(step.out(0)), sum));
  }

  /** The gradient by the logits is the second output; by the distribution, {@code -log softmax}. */
  static Map<Integer, Operand<?>> crossEntropy(OperationStep step) {
    Ops tf = step.tf();
    Operand<TNumber> gradient = tf.expandDims(step.gradient(), tf.constant(-1));
    Map<Integer, Operand<?>> gradients = new LinkedHashMap<>();
    if (step.wants(0)) {
      gradients.put(0, step.unbroadcast(tf.math.mul(gradient, step.out(1)), step.in(0)));
    }
    if (step.wants(1) && step.operation().type().equals("SoftmaxCrossEntropyWithLogits")) {
      Operand<TNumber> surprise = tf.math.neg(tf.nn.logSoftmax(step.in(0)));
      gradients.put(1, step.unbroadcast(tf.math.mul(gradient, surprise), step.in(1)));
    }
    return gradients;
  }

  /** TensorFlow's operation for it, with the settings of the forward one. */
  static Operand<?> localResponse(OperationStep step) {
    RawOperation derivative = step.op("LRNGrad").in(step.gradient(), step.in(0), step.out(0));
    return derivative.like("depth_radius", "bias", "alpha", "beta").out(0);
  }

  /** Batch normalization in its first and second form. */
  static Map<Integer, Operand<?>> fusedBatchNorm(OperationStep step) {
    String type = step.operation().type();
    boolean training = step.use().flag("is_training");
    RawOperation derivative =
        step.op(type.equals("FusedBatchNorm") ? "FusedBatchNormGrad" : "FusedBatchNormGradV2")
            .in(step.gradient(), step.in(0), step.in(1))
            .in(training ? step.out(3) : step.in(3))
            .in(training ? step.out(4) : step.in(4))
            .like("epsilon", "data_format", "is_training");
    return Map.of(0, derivative.out(0), 1, derivative.out(1), 2, derivative.out(2));
  }

  /** A loss whose second output is its gradient for the first input. */
  static Operand<?> connectionist(OperationStep step) {
    Ops tf = step.tf();
    Operand<TNumber> gradient = tf.expandDims(step.gradient(), tf.constant(-1));
    return tf.math.mul(gradient, step.out(1));
  }
}
