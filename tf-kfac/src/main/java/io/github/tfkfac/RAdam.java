package io.github.tfkfac;

import io.github.tfkfac.extension.UpdateRule;
import io.github.tfkfac.internal.update.Moments;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Rectified Adam: Adam's first steps, whose second moment is yet too uncertain, are steps of
 * momentum; later ones are scaled by {@code r_t}, which tends to 1.
 *
 * <p>{@code m = b1 m + (1-b1) v; s = b2 s + (1-b2) v^2; u = m/(1-b1^t); rho_t = rho - 2 t
 * b2^t/(1-b2^t)} with {@code rho = 2/(1-b2) - 1}; {@code w = (1 - lr wd) w - lr u r_t
 * sqrt(1-b2^t)/(sqrt(s) + eps)} if {@code rho_t > 5}, else {@code (1 - lr wd) w - lr u}, where
 * {@code r_t^2 = (rho_t-4)(rho_t-2) rho / ((rho-4)(rho-2) rho_t)}.
 *
 * <p><i>Numerics</i>: {@code rho_t} and {@code r_t} in float64, as {@code rho_t} is the small
 * difference of large numbers.
 *
 * <p>Source: Liu et al. 2020, Algorithm 2, which draws the line at {@code rho_t > 4}; 5, where the
 * approximation of the variance is better, is that of the authors' code and of PyTorch. The decay
 * is decoupled, as in PyTorch's RAdam with {@code decoupled_weight_decay}.
 *
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 * @param epsilon added to the root, positive
 */
public record RAdam(double beta1, double beta2, double epsilon) implements UpdateRule {

  /** Length of the average from which on its variance is taken as known. */
  private static final double TRACTABLE = 5;

  public RAdam {
    Moments.require(beta1, beta2, epsilon);
  }

  /** The usual settings: 0.9, 0.999, 1e-8. */
  public static RAdam standard() {
    return new RAdam(0.9, 0.999, 1e-8);
  }

  @Override
  public List<String> slots() {
    return List.of("moment1", "moment2");
  }

  @Override
  public <T extends TNumber> Result<T> apply(Ops tf, Context<T> context) {
    Operand<T> direction = context.direction();
    Operand<T> moment1 = Moments.average(tf, context, context.slot(0), direction, beta1);
    Operand<T> moment2 =
        Moments.average(tf, context, context.slot(1), tf.math.square(direction), beta2);
    Operand<T> step = tf.math.div(context.learningRate(), Moments.biasCorrection(context, beta1));
    Operand<T> rectification = context.scalars().atUpdate(new Rectification(beta2));
    Operand<T> adaptive =
        tf.math.div(rectification, tf.math.add(tf.math.sqrt(moment2), context.constant(epsilon)));
    Operand<T> scale =
        tf.select(
            tf.math.greater(rectification, context.constant(0)), adaptive, context.constant(1));
    Operand<T> change = tf.math.mul(tf.math.mul(step, moment1), scale);
    return new Result<>(tf.math.sub(context.decayedWeight(tf), change), List.of(moment1, moment2));
  }

  /**
   * {@code r_t sqrt(1 - b2^t)} with {@code t = step + 1}; 0 where {@code rho_t} is too small.
   *
   * @param beta2 decay of the second moment
   */
  private record Rectification(double beta2) implements Schedule {
    @Override
    public Operand<TFloat64> at(Ops tf, Operand<TInt64> step) {
      double limit = 2 / (1 - beta2) - 1;
      Operand<TFloat64> count = tf.dtypes.cast(tf.math.add(step, tf.constant(1L)), TFloat64.class);
      Operand<TFloat64> power = tf.math.pow(tf.constant(beta2), count);
      Operand<TFloat64> rest = tf.math.sub(tf.constant(1.0), power);
      Operand<TFloat64> length =
          tf.math.sub(
              tf.constant(limit),
              tf.math.div(tf.math.mul(tf.math.mul(tf.constant(2.0), count), power), rest));
      Operand<TFloat64> square =
          tf.math.div(
              tf.math.mul(
                  tf.math.mul(
                      tf.math.sub(length, tf.constant(4.0)), tf.math.sub(length, tf.constant(2.0))),
                  tf.constant(limit / ((limit - 4) * (limit - 2)))),
              length);
      return tf.select(
          tf.math.greater(length, tf.constant(TRACTABLE)),
          tf.math.sqrt(tf.math.mul(square, rest)),
          tf.constant(0.0));
    }
  }
}
