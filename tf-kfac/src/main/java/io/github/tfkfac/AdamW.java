package io.github.tfkfac;

import io.github.tfkfac.extension.UpdateRule;
import io.github.tfkfac.internal.update.Moments;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Adam with decoupled weight decay.
 *
 * <p>{@code m = b1 m + (1-b1) v; s = b2 s + (1-b2) v^2; w = w - lr/(1-b1^t) m / (sqrt(s/(1-b2^t)) +
 * eps) - c wd w} with {@code c = lr} ({@link Decay#LEARNING_RATE}; Loshchilov and Hutter 2019) or
 * {@code c = lr/(1-b1^t)} ({@link Decay#BIAS_CORRECTED_STEP}, as AdaNKFAC does). With {@code
 * amsgrad} the largest {@code s} so far takes the place of {@code s} (Reddi et al. 2018).
 *
 * <p><i>Numerics</i>: the powers of {@code b1} and {@code b2} in float64.
 *
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 * @param epsilon added to the root, positive
 * @param decay what multiplies the weight decay
 * @param secondMoment which second moment divides
 */
public record AdamW(
    double beta1, double beta2, double epsilon, Decay decay, SecondMoment secondMoment)
    implements UpdateRule {

  /** Factor that multiplies the decoupled weight decay. */
  public enum Decay {
    LEARNING_RATE,
    BIAS_CORRECTED_STEP
  }

  /** Second moment that divides the first. */
  public enum SecondMoment {
    CURRENT,
    LARGEST_SO_FAR
  }

  public AdamW {
    Moments.require(beta1, beta2, epsilon);
  }

  /** The usual settings: 0.9, 0.999, 1e-8, decay times learning rate. */
  public static AdamW standard() {
    return new AdamW(0.9, 0.999, 1e-8, Decay.LEARNING_RATE, SecondMoment.CURRENT);
  }

  @Override
  public List<String> slots() {
    return secondMoment == SecondMoment.CURRENT
        ? List.of("moment1", "moment2")
        : List.of("moment1", "moment2", "moment2_max");
  }

  @Override
  public <T extends TNumber> Result<T> apply(Ops tf, Context<T> context) {
    Operand<T> direction = context.direction();
    Operand<T> moment1 = Moments.average(tf, context, context.slot(0), direction, beta1);
    Operand<T> moment2 =
        Moments.average(tf, context, context.slot(1), tf.math.square(direction), beta2);
    Operand<T> dividing = moment2;
    if (secondMoment == SecondMoment.LARGEST_SO_FAR) {
      dividing = tf.math.maximum(context.slot(2), moment2);
    }
    Operand<T> step = tf.math.div(context.learningRate(), Moments.biasCorrection(context, beta1));
    Operand<T> root =
        tf.math.add(
            tf.math.div(
                tf.math.sqrt(dividing), tf.math.sqrt(Moments.biasCorrection(context, beta2))),
            context.constant(epsilon));
    Operand<T> change = tf.math.mul(step, tf.math.div(moment1, root));
    if (context.weightDecay().isPresent()) {
      Operand<T> factor = decay == Decay.LEARNING_RATE ? context.learningRate() : step;
      change =
          tf.math.add(
              change,
              tf.math.mul(tf.math.mul(factor, context.weightDecay().get()), context.weight()));
    }
    Operand<T> weight = tf.math.sub(context.weight(), change);
    return new Result<>(
        weight,
        secondMoment == SecondMoment.CURRENT
            ? List.of(moment1, moment2)
            : List.of(moment1, moment2, dividing));
  }
}
