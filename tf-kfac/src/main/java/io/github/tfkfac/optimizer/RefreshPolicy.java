package io.github.tfkfac.optimizer;

import io.github.tfkfac.schedule.Cadence;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;

/**
 * When the inverses are refreshed, and which refreshes are exact.
 *
 * <p>Due when {@code t mod period == 0}; exact when {@code t <= leadingPeriods * period} or {@code
 * t mod (exactEvery * period) == 0}. Source: Sun et al. 2023 (NKFAC), Algorithm 2 and its authors'
 * code.
 *
 * @param period steps between two refreshes
 * @param leadingPeriods how many periods after the start every refresh is exact
 * @param exactEvery an exact refresh after this many refreshes, in units of the period
 */
public record RefreshPolicy(long period, long leadingPeriods, long exactEvery) {

  public RefreshPolicy {
    requirePositive("inverse period", period);
    requirePositive("number of refreshes between two exact ones", exactEvery);
    if (leadingPeriods < 0) {
      throw new IllegalArgumentException(
          "expected >= 0 leading exact periods, found " + leadingPeriods);
    }
  }

  /** NKFAC's policy: exact up to two periods, and at every 500th refresh. */
  public static RefreshPolicy every(long period) {
    return new RefreshPolicy(period, 2, 500);
  }

  /** A scalar: whether a refresh is due at {@code step}. */
  public Operand<TBool> due(Ops tf, Operand<TInt64> step) {
    return Cadence.every(period).due(tf, step);
  }

  /** Whether the refresh at a step, if any is due, is exact. */
  public boolean isExact(long step) {
    return step <= leadingPeriods * period || step % (exactEvery * period) == 0;
  }

  /** A scalar: whether the refresh at {@code step}, if any is due, is exact. */
  public Operand<TBool> exact(Ops tf, Operand<TInt64> step) {
    return tf.math.logicalOr(
        tf.math.lessEqual(step, tf.constant(leadingPeriods * period)),
        Cadence.every(exactEvery * period).due(tf, step));
  }

  private static void requirePositive(String what, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException("expected the " + what + " > 0, found " + value);
    }
  }
}
