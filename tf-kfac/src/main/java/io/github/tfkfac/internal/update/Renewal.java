package io.github.tfkfac.internal.update;

import io.github.tfkfac.internal.linalg.FiniteGuard;
import io.github.tfkfac.internal.state.Gate;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/** Slots that are computed anew at times. */
final class Renewal {

  private Renewal() {}

  /**
   * New values where they are due and finite, the old ones otherwise; nothing is computed where
   * they are not due.
   *
   * @param due a scalar
   * @param old the old values
   * @param others what the new ones are made of besides
   * @param renewed from old values and others to the new values
   */
  static <T extends TNumber> List<Operand<T>> of(
      Ops tf,
      Operand<TBool> due,
      List<Operand<T>> old,
      List<Operand<T>> others,
      BiFunction<Ops, List<Operand<T>>, List<Operand<T>>> renewed) {
    return Gate.choose(
        tf,
        due,
        Stream.concat(old.stream(), others.stream()).toList(),
        (ops, passed) -> {
          List<Operand<T>> values = renewed.apply(ops, passed);
          Operand<TBool> finite = FiniteGuard.allFinite(ops, values);
          return IntStream.range(0, values.size())
              .mapToObj(i -> FiniteGuard.keepFinite(ops, finite, values.get(i), passed.get(i)))
              .toList();
        },
        (ops, passed) -> passed.subList(0, old.size()));
  }
}
