package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.Workers;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.RefreshContext;
import io.github.tfkfac.extension.RefreshWork;
import io.github.tfkfac.internal.state.Gate;
import io.github.tfkfac.internal.state.OrderedOps;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Refresh of the blocks.
 *
 * <p>The works of a group follow one another, so that only one work's temporaries are alive.
 */
public final class FactorRefresh<T extends TNumber> {

  private final LayerKeepers keepers;
  private final Workers workers;
  private final Counters counters;
  private final List<RefreshGroup<T>> groups;

  FactorRefresh(LayerKeepers keepers, Counters counters, List<RefreshGroup<T>> groups) {
    this.keepers = keepers;
    this.workers = keepers.workers();
    this.counters = counters;
    this.groups = groups;
  }

  public List<RefreshGroup<T>> groups() {
    return groups;
  }

  /** Refreshes what is due when the step is {@code usable}. */
  Op whenDue(Ops tf, Operand<TInt64> step, Operand<TBool> usable, Observed<T> observed) {
    List<Operand<TBool>> due = new ArrayList<>();
    groups.forEach(group -> due.add(tf.math.logicalAnd(usable, group.due(tf, step))));
    Supplier<Operand<TBool>> anyDue =
        new Lazy<>(
            () -> due.stream().reduce((one, other) -> tf.math.logicalOr(one, other)).orElseThrow());
    Observed<T> shared = groups.size() > 1 ? observed.behind(tf, anyDue) : observed;
    List<Op> all = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      RefreshGroup<T> group = groups.get(i);
      Operand<TBool> now = due.get(i);
      Observed<T> seen = shared.behind(tf, () -> now);
      // Counters that are replaced by sums over workers must not be read by two groups at once.
      Ops place = workers.isAlone() ? tf : OrderedOps.after(tf, all);
      all.add(Gate.when(place, now, gated -> refresh(gated, group, step, seen)));
    }
    return OrderedOps.group(tf, all);
  }

  /** The steps at which the first group is refreshed count as the refreshes. */
  private List<Op> refresh(
      Ops tf, RefreshGroup<T> group, Operand<TInt64> step, Observed<T> observed) {
    Supplier<Operand<TBool>> exact = new Lazy<>(() -> group.exact(tf, step));
    List<Op> effects =
        new ArrayList<>(
            works(
                tf,
                group,
                new RefreshContext<>(step, observed, counters, Optional.empty(), exact)));
    if (group.equals(groups.get(0))) {
      effects.add(count(tf, exact.get(), counters.exactRefreshes));
      effects.add(count(tf, tf.math.logicalNot(exact.get()), counters.iterativeRefreshes));
    }
    return effects;
  }

  private static Op count(Ops tf, Operand<TBool> predicate, GraphVariable<TInt64> counter) {
    return Gate.when(tf, predicate, ops -> List.of(Counters.increment(ops, counter)));
  }

  /**
   * Refreshes everything, due or not.
   *
   * @param exact whether with the exact solver
   */
  public List<Op> now(Ops tf, Operand<TInt64> step, boolean exact, Observed<T> observed) {
    RefreshContext<T> context =
        new RefreshContext<>(
            step, observed, counters, Optional.of(exact), () -> tf.constant(exact));
    List<Op> effects = new ArrayList<>();
    Ops current = tf;
    for (RefreshGroup<T> group : groups) {
      List<Op> done = works(current, group, context);
      effects.addAll(done);
      current = OrderedOps.after(current, done);
    }
    effects.add(
        Counters.increment(tf, exact ? counters.exactRefreshes : counters.iterativeRefreshes));
    return effects;
  }

  private List<Op> works(Ops tf, RefreshGroup<T> group, RefreshContext<T> context) {
    if (workers.isAlone()) {
      return chain(tf, group.works(), context);
    }
    return keepers.isDivided()
        ? new KeptRefresh<>(keepers, counters, group, context).build(tf)
        : new SharedRefresh<>(workers, counters, group, context).build(tf);
  }

  /** Works that this worker does from first to last. */
  static <T extends TNumber> List<Op> chain(
      Ops tf, List<RefreshWork<T>> works, RefreshContext<T> context) {
    return OrderedOps.chain(
        tf,
        works,
        (ops, work) -> {
          List<Op> effects = new ArrayList<>(work.refresh(ops, context));
          effects.addAll(work.completed(OrderedOps.after(ops, effects)));
          return effects;
        });
  }
}
