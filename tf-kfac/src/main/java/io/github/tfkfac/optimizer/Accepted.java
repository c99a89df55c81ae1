package io.github.tfkfac.optimizer;

import io.github.tfkfac.linalg.FiniteGuard;
import io.github.tfkfac.linalg.Matrices;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/**
 * A refreshed value, or the old one where the refreshed is not finite; what is rejected is counted.
 *
 * @param value what is to be assigned
 * @param counted counts the rejected ones
 */
record Accepted<T extends TNumber>(Operand<T> value, Op counted) {

  /** Decides matrix by matrix. */
  static <T extends TNumber> Accepted<T> matrices(
      Ops tf, Operand<T> refreshed, Operand<T> old, Counters counters) {
    Operand<TBool> finite =
        tf.reduceAll(tf.math.isFinite(refreshed), tf.constant(new int[] {-2, -1}));
    return where(tf, finite, Matrices.overEntries(tf, finite), refreshed, old, counters);
  }

  /** Decides for a vector as a whole. */
  static <T extends TNumber> Accepted<T> vector(
      Ops tf, Operand<T> refreshed, Operand<T> old, Counters counters) {
    Operand<TBool> finite = tf.reduceAll(tf.math.isFinite(refreshed), tf.constant(-1));
    return where(tf, finite, finite, refreshed, old, counters);
  }

  private static <T extends TNumber> Accepted<T> where(
      Ops tf,
      Operand<TBool> finite,
      Operand<TBool> overEntries,
      Operand<T> refreshed,
      Operand<T> old,
      Counters counters) {
    return new Accepted<>(
        FiniteGuard.keepFinite(tf, overEntries, refreshed, old),
        Counters.add(tf, counters.rejectedInverses, Counters.countFalse(tf, List.of(finite))));
  }

  /** The assignment and the count. */
  List<Op> assign(Function<Operand<T>, List<Op>> assignment) {
    List<Op> effects = new ArrayList<>(assignment.apply(value));
    effects.add(counted);
    return effects;
  }
}
