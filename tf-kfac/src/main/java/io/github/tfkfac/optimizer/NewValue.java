package io.github.tfkfac.optimizer;

import io.github.tfkfac.linalg.FiniteGuard;
import io.github.tfkfac.state.GraphVariable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * New value of a variable, assigned by the optimizer if it is finite; otherwise the old value stays
 * and a counter of {@link TrainingHealth} rises.
 *
 * @param variable the variable
 * @param value in its shape
 * @param updates counts the values that were assigned, if present
 */
public record NewValue<T extends TNumber>(
    GraphVariable<T> variable, Operand<T> value, Optional<GraphVariable<TInt64>> updates) {

  /**
   * @throws IllegalArgumentException if the value has another shape than the variable
   */
  public NewValue {
    if (!value.shape().isCompatibleWith(variable.shape())) {
      throw new IllegalArgumentException(
          "expected a new value of shape %s for '%s', found %s; correct the curvature block"
              .formatted(variable.shape(), variable.name(), value.shape()));
    }
  }

  /** A value whose assignments are not counted. */
  public NewValue(GraphVariable<T> variable, Operand<T> value) {
    this(variable, value, Optional.empty());
  }

  /**
   * Assignments of new estimates.
   *
   * @param effects the assignments
   * @param sound a scalar: false where values are not finite though they come from examples, which
   *     is to be counted
   */
  record Accepted(List<Op> effects, Operand<TBool> sound) {}

  /**
   * Assigns all values, or none: they are accepted if they are finite, the batch is usable and an
   * example counts.
   *
   * @param usable a scalar
   * @param anyExample a scalar, or nothing if every example counts
   */
  static <T extends TNumber> Accepted accept(
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
