package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.Workers;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.RefreshContext;
import io.github.tfkfac.extension.RefreshWork;
import io.github.tfkfac.internal.state.OrderedOps;
import io.github.tfkfac.internal.worker.Packed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Refresh of a group whose works belong to different workers: each does its own, one after the
 * other, and sends the results; works of different workers do not wait for one another. Works
 * without an owner are done by all.
 *
 * <p>The counters of the owned works rise by the sum of what they counted on all workers.
 */
record SharedRefresh<T extends TNumber>(
    Workers workers, Counters counters, RefreshGroup<T> group, RefreshContext<T> context) {

  List<Op> build(Ops tf) {
    List<RefreshWork<T>> common = new ArrayList<>();
    List<RefreshWork<T>> owned = new ArrayList<>();
    group.works().forEach(work -> (group.owner(work).isPresent() ? owned : common).add(work));
    List<Op> all = new ArrayList<>(FactorRefresh.chain(tf, common, context));
    if (owned.isEmpty()) {
      return all;
    }
    Operand<TInt64> before = counters.ofRefreshes(OrderedOps.after(tf, all));
    Map<RefreshWork<T>, List<Op>> done = new LinkedHashMap<>();
    List<Op> ownEffects =
        OrderedOps.chain(
            OrderedOps.after(tf, List.of(before)),
            owned.stream().filter(work -> isOwn(work)).toList(),
            (ops, work) -> {
              List<Op> effects = work.refresh(ops, context);
              done.put(work, effects);
              return effects;
            });
    List<Op> shared = new ArrayList<>();
    for (RefreshWork<T> work : owned) {
      shared.addAll(share(tf, work, done.getOrDefault(work, List.of())));
    }
    Operand<TInt64> after =
        counters.ofRefreshes(
            OrderedOps.after(tf, ownEffects.isEmpty() ? List.of(before) : ownEffects));
    Operand<TInt64> total = tf.math.add(before, workers.sum(tf, tf.math.sub(after, before)));
    all.addAll(ownEffects);
    all.addAll(shared);
    all.addAll(counters.assignOfRefreshes(tf, total));
    Ops complete = OrderedOps.after(tf, all);
    owned.forEach(work -> all.addAll(work.completed(complete)));
    return all;
  }

  private boolean isOwn(RefreshWork<T> work) {
    return group.owner(work).orElseThrow() == workers.index();
  }

  /** Sends or receives the results, those of a type in one exchange. */
  private List<Op> share(Ops tf, RefreshWork<T> work, List<Op> effects) {
    Map<Class<?>, List<GraphVariable<? extends TNumber>>> byType = new LinkedHashMap<>();
    for (GraphVariable<? extends TNumber> result : work.results()) {
      byType.computeIfAbsent(result.type(), type -> new ArrayList<>()).add(result);
    }
    List<Op> shared = new ArrayList<>();
    byType.values().forEach(results -> shared.addAll(shareAlike(tf, work, effects, results)));
    return shared;
  }

  @SuppressWarnings("unchecked") // all have one type
  private <V extends TNumber> List<Op> shareAlike(
      Ops tf,
      RefreshWork<T> work,
      List<Op> effects,
      List<GraphVariable<? extends TNumber>> results) {
    List<GraphVariable<V>> variables = (List<GraphVariable<V>>) (List<?>) results;
    List<Shape> shapes = variables.stream().map(GraphVariable::shape).toList();
    Shape length = Packed.length(shapes);
    Class<V> type = variables.get(0).type();
    int owner = group.owner(work).orElseThrow();
    if (isOwn(work)) {
      Ops after = OrderedOps.after(tf, effects);
      List<Operand<V>> values = new ArrayList<>();
      variables.forEach(variable -> values.add(variable.read(after)));
      Operand<V> packed = Packed.of(after, values).vector();
      return List.of(workers.broadcast(after, owner, Optional.of(packed), length, type));
    }
    Operand<V> received = workers.broadcast(tf, owner, Optional.empty(), length, type);
    List<Op> assignments = new ArrayList<>();
    int next = 0;
    for (Operand<V> value : Packed.unpack(tf, received, shapes)) {
      assignments.add(variables.get(next++).assign(tf, value));
    }
    return assignments;
  }
}
