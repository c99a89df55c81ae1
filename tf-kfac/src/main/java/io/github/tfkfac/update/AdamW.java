package io.github.tfkfac.update;

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
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 * @param epsilon added to the root, positive
 * @param decay what multiplies the weight decay
 * @param secondMoment which second moment divides
 */
public record AdamW(
    double beta1, double beta2, double epsilon, Decay decay, SecondMoment secondMoment)
    implements UpdateRule {

  /** What multiplies the decoupled weight decay. */
  public enum Decay {
    LEARNING_RATE,
    BIAS_CORRECTED_STEP
  }

  /** Which second moment divides the first. */
  public enum SecondMoment {
    CURRENT,
    LARGEST_SO_FAR
  }

  public AdamW {
    requireDecay("beta1", beta1);
    requireDecay("beta2", beta2);
    if (!(epsilon > 0)) {
      throw new IllegalArgumentException("expected epsilon > 0 in AdamW, found " + epsilon);
    }
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
    Operand<T> moment1 = average(tf, context, context.slots().get(0), direction, beta1);
    Operand<T> moment2 =
        average(tf, context, context.slots().get(1), tf.math.square(direction), beta2);
    Operand<T> dividing = moment2;
    if (secondMoment == SecondMoment.LARGEST_SO_FAR) {
      dividing = tf.math.maximum(context.slots().get(2), moment2);
    }
    Operand<T> step = tf.math.div(context.learningRate(), biasCorrection(tf, context, beta1));
    Operand<T> root =
        tf.math.add(
            tf.math.div(tf.math.sqrt(dividing), tf.math.sqrt(biasCorrection(tf, context, beta2))),
            tf.constant(context.type(), epsilon));
    Operand<T> change = tf.math.mul(step, tf.math.div(moment1, root));
    if (context.weightDecay() != 0) {
      Operand<T> factor = decay == Decay.LEARNING_RATE ? context.learningRate() : step;
      change =
          tf.math.add(
              change,
              tf.math.mul(
                  tf.math.mul(factor, tf.constant(context.type(), context.weightDecay())),
                  context.weight()));
    }
    Operand<T> weight = tf.math.sub(context.weight(), change);
    return new Result<>(
        weight,
        secondMoment == SecondMoment.CURRENT
            ? List.of(moment1, moment2)
            : List.of(moment1, moment2, dividing));
  }

  private static <T extends TNumber> Operand<T> average(
      Ops tf, Context<T> context, Operand<T> old, Operand<T> value, double beta) {
    return tf.math.add(
        tf.math.mul(old, tf.constant(context.type(), beta)),
        tf.math.mul(value, tf.constant(context.type(), 1 - beta)));
  }

  private static <T extends TNumber> Operand<T> biasCorrection(
      Ops tf, Context<T> context, double beta) {
    return tf.math.sub(
        tf.constant(context.type(), 1),
        tf.math.pow(tf.constant(context.type(), beta), context.count()));
  }

  private static void requireDecay(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException("expected " + name + " in [0, 1), found " + value);
    }
  }
}
