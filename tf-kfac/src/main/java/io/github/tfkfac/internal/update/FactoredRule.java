package io.github.tfkfac.internal.update;

import io.github.tfkfac.RefreshPolicy;
import io.github.tfkfac.extension.UpdateRule;
import io.github.tfkfac.internal.linalg.FiniteGuard;
import io.github.tfkfac.internal.state.Gate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Rule of a variable that keeps second moments along axes, a matrix derived from each at times, and
 * averages in the variable's shape; its slots are in this order.
 */
abstract class FactoredRule implements UpdateRule {

  /** Updates by which renewals come earlier than at the periods' ends. */
  private final long ahead;

  private final Map<String, Shape> matrices = new LinkedHashMap<>();
  private final List<String> averages;

  /**
   * The rule of a variable.
   *
   * @param number of the variable
   * @param derived what the derived matrices are
   * @param orders of the matrices
   * @param averages names of the averages
   */
  FactoredRule(
      RefreshPolicy refreshes,
      int number,
      String derived,
      List<Long> orders,
      List<String> averages) {
    boolean isStaggered = refreshes.spread() == RefreshPolicy.Spread.STAGGERED;
    this.ahead = isStaggered ? number % refreshes.period() : 0;
    this.averages = averages;
    for (String kind : List.of("factor", derived)) {
      for (int i = 0; i < orders.size(); i++) {
        matrices.put(kind + i, Shape.of(orders.get(i), orders.get(i)));
      }
    }
  }

  @Override
  public final List<String> slots() {
    return Stream.concat(matrices.keySet().stream(), averages.stream()).toList();
  }

  @Override
  public final Shape slotShape(String slot, Shape variable) {
    return matrices.getOrDefault(slot, variable);
  }

  final <T extends TNumber> List<Operand<T>> derived(Context<T> context) {
    return context.slots().subList(matrices.size() / 2, matrices.size());
  }

  final <T extends TNumber> Operand<T> average(Context<T> context, String name) {
    return context.slot(matrices.size() + averages.indexOf(name));
  }

  /** The updates that count for the renewals, this one included: those ahead, and as many more. */
  final Operand<TInt64> counted(Ops tf, Context<?> context, long more) {
    return tf.math.add(context.scalars().updatesDone(), tf.constant(ahead + more));
  }

  /**
   * New values where they are due and finite, the old ones otherwise; nothing is computed where
   * they are not due.
   *
   * @param due a scalar
   * @param factors what the new values are made of besides the old ones
   * @param renewed from the old values and the factors to the new values
   */
  static <T extends TNumber> List<Operand<T>> renewed(
      Ops tf,
      Operand<TBool> due,
      List<Operand<T>> old,
      List<Operand<T>> factors,
      BiFunction<Ops, List<Operand<T>>, List<Operand<T>>> renewed) {
    return Gate.choose(
        tf,
        due,
        Stream.concat(old.stream(), factors.stream()).toList(),
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
