package io.github.tfkfac.optimizer;

import io.github.tfkfac.linalg.FiniteGuard;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/**
 * Decision about new averages.
 *
 * @param accepted a scalar: whether they replace the old ones
 * @param sound a scalar: false where they are not finite though they come from examples, which is
 *     counted
 */
record Candidate(Operand<TBool> accepted, Operand<TBool> sound) {

  /**
   * Accepts finite values of a usable batch in which an example counts.
   *
   * @param usable a scalar
   * @param anyExample a scalar, or nothing if every example counts
   */
  static Candidate of(
      Ops tf,
      Operand<TBool> usable,
      Optional<Operand<TBool>> anyExample,
      List<? extends Operand<? extends TNumber>> values) {
    Operand<TBool> finite = FiniteGuard.allFinite(tf, values);
    Operand<TBool> accepted = tf.math.logicalAnd(usable, finite);
    return anyExample
        .map(
            any ->
                new Candidate(
                    tf.math.logicalAnd(accepted, any),
                    tf.math.logicalOr(finite, tf.math.logicalNot(any))))
        .orElse(new Candidate(accepted, finite));
  }
}
