package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.NewValue;
import io.github.tfkfac.internal.linalg.FiniteGuard;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/**
 * Assignments of new estimates.
 *
 * @param effects the assignments
 * @param sound a scalar: false where values are not finite though they come from examples, which is
 *     to be counted
 */
public record Accepted(List<Op> effects, Operand<TBool> sound) {

  /**
   * Assigns all values, or none: they are accepted if they are finite, the batch is usable and an
   * example counts.
   *
   * @param usable a scalar
   * @param anyExample a scalar, or nothing if every example counts
   */
  public static <T extends TNumber> Accepted of(
      Ops tf,
      Operand<TBool> usable,
      Optional<Operand<TBool>> anyExample,
      List<NewValue<T>> values) {
    Operand<TBool> finite =
        FiniteGuard.allFinite(tf, values.stream().map(NewValue::value).toList());
    Operand<TBool> finiteAndUsable = tf.math.logicalAnd(usable, finite);
    Operand<TBool> accepted =
        anyExample
            .<Operand<TBool>>map(any -> tf.math.logicalAnd(finiteAndUsable, any))
            .orElse(finiteAndUsable);
    List<Op> effects = new ArrayList<>();
    for (NewValue<T> each : values) {
      GraphVariable<T> variable = each.variable();
      effects.add(
          variable.assign(
              tf, FiniteGuard.keepFinite(tf, accepted, each.value(), variable.read(tf))));
      each.updates()
          .ifPresent(
              counter ->
                  effects.add(
                      Counters.add(tf, counter, Counters.countTrue(tf, List.of(accepted)))));
    }
    return new Accepted(
        effects,
        anyExample
            .<Operand<TBool>>map(any -> tf.math.logicalOr(finite, tf.math.logicalNot(any)))
            .orElse(finite));
  }
}
