package io.github.tfkfac;

import io.github.tfkfac.extension.UpdateRule;
import io.github.tfkfac.internal.update.Moments;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Adapts the step to how far the gradient is from its own average: {@code m = b1 m + (1-b1) v; s =
 * b2 s + (1-b2) (v-m)^2 + eps; w = (1 - lr wd) w - lr m/(1-b1^t) / (sqrt(s/(1-b2^t)) + eps)}.
 *
 * <p>The decay is decoupled; no rectification of the first steps. <i>Numerics</i>: {@code eps} is
 * added to {@code s} at every step and gathers there, so the root never falls below {@code
 * sqrt(eps/(1-b2))}: 3e-3 with 1e-8. It is not Adam's {@code eps}; the authors compare {@code eps}
 * here with {@code sqrt(eps)} there.
 *
 * <p>Source: Zhuang et al. 2020, Algorithm 2. The paper's image experiments take 1e-8, which makes
 * the rule less adaptive; the authors' later code has 1e-16 for networks that profit from Adam, and
 * rectifies.
 *
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 * @param epsilon added to the second moment and to its root, positive
 */
public record AdaBelief(double beta1, double beta2, double epsilon) implements UpdateRule {

  public AdaBelief {
    Moments.require(beta1, beta2, epsilon);
  }

  /** The paper's settings for images: 0.9, 0.999, 1e-8. */
  public static AdaBelief standard() {
    return new AdaBelief(0.9, 0.999, 1e-8);
  }

  @Override
  public List<String> slots() {
    return List.of("moment1", "variance");
  }

  @Override
  public <T extends TNumber> Result<T> apply(Ops tf, Context<T> context) {
    Operand<T> direction = context.direction();
    Operand<T> eps = context.constant(epsilon);
    Operand<T> moment = Moments.average(tf, context, context.slot(0), direction, beta1);
    Operand<T> surprise = tf.math.squaredDifference(direction, moment);
    Operand<T> variance =
        tf.math.add(Moments.average(tf, context, context.slot(1), surprise, beta2), eps);
    Operand<T> step = tf.math.div(context.learningRate(), Moments.biasCorrection(context, beta1));
    Operand<T> root =
        tf.math.add(
            tf.math.sqrt(tf.math.div(variance, Moments.biasCorrection(context, beta2))), eps);
    Operand<T> change = tf.math.mul(step, tf.math.div(moment, root));
    return new Result<>(tf.math.sub(context.decayedWeight(tf), change), List.of(moment, variance));
  }
}
