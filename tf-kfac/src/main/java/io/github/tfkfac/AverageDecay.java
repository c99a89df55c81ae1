package io.github.tfkfac;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** The share of a moving average that an update keeps. */
@FunctionalInterface
public interface AverageDecay {

  /**
   * Builds the kept share, a scalar in [0, 1).
   *
   * @param step training steps done before the current one
   * @param update number of the update, 1 for the first
   */
  Operand<TFloat64> at(Ops tf, Operand<TInt64> step, Operand<TInt64> update);

  /**
   * The exponential moving average {@code M + (1 − decay)(batch − M)} after a batch's value.
   *
   * @param newShare {@code 1 − decay}, a scalar
   */
  static <T extends TNumber> Operand<T> update(
      Ops tf, Operand<T> average, Operand<T> batch, Operand<T> newShare) {
    return tf.math.add(average, tf.math.mul(tf.math.sub(batch, average), newShare));
  }

  /**
   * The same kind of average with another share: the limit of a growing one; every other kind
   * becomes a fixed one.
   */
  default AverageDecay withShare(double share) {
    return fixed(share);
  }

  /** The same share at every update. */
  static AverageDecay fixed(double share) {
    return new Fixed(share);
  }

  /** {@code min(1 - 1/k, limit)} at the k-th update: first the mean of all, then a moving one. */
  static AverageDecay growing(double limit) {
    return new Growing(limit);
  }

  /** A share that depends on the training step. */
  static AverageDecay scheduled(Schedule schedule) {
    return (tf, step, update) -> schedule.at(tf, step);
  }

  /**
   * A constant share (NKFAC: 0.95, starting from zero without bias correction).
   *
   * @param share in [0, 1)
   */
  record Fixed(double share) implements AverageDecay {

    public Fixed {
      requireShare(share);
    }

    @Override
    public Operand<TFloat64> at(Ops tf, Operand<TInt64> step, Operand<TInt64> update) {
      return tf.constant(share);
    }
  }

  /**
   * {@code min(1 - 1/k, limit)} (Martens and Grosse 2015, section 5): the first update replaces the
   * zero state.
   *
   * @param limit in [0, 1)
   */
  record Growing(double limit) implements AverageDecay {

    public Growing {
      requireShare(limit);
    }

    @Override
    public Growing withShare(double share) {
      return new Growing(share);
    }

    @Override
    public Operand<TFloat64> at(Ops tf, Operand<TInt64> step, Operand<TInt64> update) {
      Operand<TFloat64> one = tf.constant(1.0);
      return tf.math.minimum(
          tf.math.sub(one, tf.math.div(one, tf.dtypes.cast(update, TFloat64.class))),
          tf.constant(limit));
    }
  }

  private static void requireShare(double share) {
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException(
          "expected the moving average's decay in [0, 1), found " + share);
    }
  }
}
