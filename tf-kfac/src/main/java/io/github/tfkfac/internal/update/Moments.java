package io.github.tfkfac.internal.update;

import io.github.tfkfac.Schedule;
import io.github.tfkfac.extension.UpdateRule;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** Moving averages that start at zero, shared by the rules of the Adam family. */
public final class Moments {

  private Moments() {}

  /** Checks the numbers of a rule. */
  public static void require(double beta1, double beta2, double epsilon) {
    Hyperparameters.requireFraction("beta1", beta1);
    Hyperparameters.requireFraction("beta2", beta2);
    Hyperparameters.requirePositive("epsilon", epsilon);
  }

  /** {@code b old + (1 - b) value}. */
  public static <T extends TNumber> Operand<T> average(
      Ops tf, UpdateRule.Context<T> context, Operand<T> old, Operand<T> value, double beta) {
    return tf.math.add(
        tf.math.mul(old, context.constant(beta)), tf.math.mul(value, context.constant(1 - beta)));
  }

  /** {@code 1 - b^t}: what an average of {@code t} values that started at zero is short of. */
  public static <T extends TNumber> Operand<T> biasCorrection(
      UpdateRule.Context<T> context, double beta) {
    return biasCorrection(context, beta, 1);
  }

  /** The average without the part by which its start at zero falls short. */
  static <T extends TNumber> Operand<T> corrected(
      Ops tf, UpdateRule.Context<T> context, Operand<T> average, double beta) {
    return tf.math.div(average, biasCorrection(context, beta));
  }

  /**
   * {@code 1 - b^t} with another count than that of the updates, this one included.
   *
   * @param first {@code t} at the first update; where it is 0, the first has that of the second
   */
  static <T extends TNumber> Operand<T> biasCorrection(
      UpdateRule.Context<T> context, double beta, long first) {
    return context.scalars().atUpdate(new BiasCorrection(beta, first));
  }

  /**
   * {@code 1 - b^t} with {@code t = max(step + first, 1)}.
   *
   * @param beta the average's decay
   * @param first the count at step 0
   */
  private record BiasCorrection(double beta, long first) implements Schedule {
    @Override
    public Operand<TFloat64> at(Ops tf, Operand<TInt64> step) {
      Operand<TInt64> updates =
          tf.math.maximum(tf.math.add(step, tf.constant(first)), tf.constant(1L));
      Operand<TFloat64> count = tf.dtypes.cast(updates, TFloat64.class);
      return tf.math.sub(tf.constant(1.0), tf.math.pow(tf.constant(beta), count));
    }
  }
}
