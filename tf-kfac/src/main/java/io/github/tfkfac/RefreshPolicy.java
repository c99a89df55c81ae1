package io.github.tfkfac;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;

/**
 * Schedule of the refreshes of the inverses, and of the exact ones among them.
 *
 * <p>Due when {@code t mod period == 0}; exact when {@code t <= leadingPeriods * period} or {@code
 * t mod (exactEvery * period) == 0}. Source: Sun et al. 2023 (NKFAC), Algorithm 2 and its authors'
 * code.
 *
 * @param period steps between two refreshes
 * @param leadingPeriods how many periods after the start every refresh is exact
 * @param exactEvery an exact refresh after this many refreshes, in units of the period
 * @param spread whether all factors are refreshed in the same step
 */
public record RefreshPolicy(long period, long leadingPeriods, long exactEvery, Spread spread) {

  /** In which steps of a period the factors are refreshed. */
  public enum Spread {
    /** All in its first step. */
    TOGETHER,
    /**
     * Each in a step of its own as far as there are steps enough: the times above count from a
     * factor's own first step, and until then its inverse is the identity.
     *
     * <p>Small factors of one size may share a step; together they take no more multiplications
     * than the largest factor alone. No step is one of the statistics if their period and this one
     * have a common divisor > 1, as 20 and 200 do; otherwise every step is one of them at times.
     */
    STAGGERED
  }

  public RefreshPolicy {
    requirePositive("inverse period", period);
    requirePositive("number of refreshes between two exact ones", exactEvery);
    if (leadingPeriods < 0) {
      throw new IllegalArgumentException(
          "expected >= 0 leading exact periods, found " + leadingPeriods);
    }
  }

  /** A policy that refreshes all factors in the same step. */
  public RefreshPolicy(long period, long leadingPeriods, long exactEvery) {
    this(period, leadingPeriods, exactEvery, Spread.TOGETHER);
  }

  /** Every refresh exact. */
  public static RefreshPolicy exactEvery(long period) {
    return new RefreshPolicy(period, 0, 1);
  }

  /** NKFAC's policy: exact up to two periods, and at every 500th refresh. */
  public static RefreshPolicy every(long period) {
    return new RefreshPolicy(period, 2, 500);
  }

  /** The same with another period. */
  public RefreshPolicy withPeriod(long other) {
    return new RefreshPolicy(other, leadingPeriods, exactEvery, spread);
  }

  /** The same with the factors' refreshes spread over the period. */
  public RefreshPolicy staggered() {
    return new RefreshPolicy(period, leadingPeriods, exactEvery, Spread.STAGGERED);
  }

  /** The same with all factors refreshed in the same step. */
  public RefreshPolicy together() {
    return new RefreshPolicy(period, leadingPeriods, exactEvery, Spread.TOGETHER);
  }

  /** A scalar: whether a refresh is due at {@code step}. */
  public Operand<TBool> due(Ops tf, Operand<TInt64> step) {
    return Cadence.every(period).due(tf, step);
  }

  /** Whether every refresh is exact. */
  public boolean alwaysExact() {
    return exactEvery == 1;
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
