package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.Cadence;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.RefreshPolicy;
import io.github.tfkfac.RefreshPolicy.Spread;
import io.github.tfkfac.extension.CurvatureBlock;
import io.github.tfkfac.extension.RefreshWork;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.stream.LongStream;
import org.tensorflow.types.family.TNumber;

/** Batches the works of the blocks' refresh and spreads them over the steps. */
final class RefreshPlan {

  private RefreshPlan() {}

  /** A step of the period and the work that falls on it so far. */
  private record Load(long offset, double cost) {}

  /**
   * The groups, one per set of steps, which are the same for any number of workers.
   *
   * @param keepers the workers among which the works of a group are distributed
   */
  static <T extends TNumber> List<RefreshGroup<T>> of(
      List<CurvatureBlock<T>> blocks,
      KfacOptions options,
      Optional<RefreshWork<T>> coarse,
      LayerKeepers keepers) {
    List<RefreshGroup<T>> groups = of(blocks, options, coarse);
    if (keepers.workers().isAlone()) {
      return groups;
    }
    if (keepers.isDivided()) {
      return groups.stream().map(keepers::divide).toList();
    }
    RefreshOwners owners = new RefreshOwners(keepers.workers().count());
    return groups.stream().map(owners::assign).toList();
  }

  private static <T extends TNumber> List<RefreshGroup<T>> of(
      List<CurvatureBlock<T>> blocks, KfacOptions options, Optional<RefreshWork<T>> coarse) {
    Map<RefreshPolicy, Map<Object, List<RefreshWork<T>>>> kinds = new LinkedHashMap<>();
    double largest = 0;
    for (CurvatureBlock<T> block : blocks) {
      for (RefreshWork<T> work : block.refreshWork()) {
        largest = Math.max(largest, work.cost());
        kinds
            .computeIfAbsent(block.layer().refreshes(), policy -> new LinkedHashMap<>())
            .computeIfAbsent(work.kind(), kind -> new ArrayList<>())
            .add(work);
      }
    }
    coarse.ifPresent(
        work ->
            kinds
                .computeIfAbsent(options.refreshes(), policy -> new LinkedHashMap<>())
                .put(work.kind(), List.of(work)));
    List<RefreshGroup<T>> groups = new ArrayList<>();
    for (Map.Entry<RefreshPolicy, Map<Object, List<RefreshWork<T>>>> entry : kinds.entrySet()) {
      RefreshPolicy policy = entry.getKey();
      boolean together = policy.spread() == Spread.TOGETHER;
      double largestCost = together ? Double.POSITIVE_INFINITY : largest;
      List<RefreshWork<T>> works =
          entry.getValue().values().stream()
              .flatMap(sameKind -> sameKind.get(0).batched(sameKind, largestCost).stream())
              .toList();
      if (together) {
        groups.add(new RefreshGroup<>(policy, 0, works, Map.of()));
      } else {
        groups.addAll(staggered(policy, works, options.factors().statistics()));
      }
    }
    return List.copyOf(groups);
  }

  /** The most expensive work goes to the step with the least work so far, and so on. */
  private static <T extends TNumber> List<RefreshGroup<T>> staggered(
      RefreshPolicy policy, List<RefreshWork<T>> works, Cadence statistics) {
    Map<Long, List<RefreshWork<T>>> byOffset = new LinkedHashMap<>();
    PriorityQueue<Load> loads =
        new PriorityQueue<>(Comparator.comparingDouble(Load::cost).thenComparing(Load::offset));
    steps(policy.period(), statistics, works.size())
        .forEach(offset -> loads.add(new Load(offset, 0)));
    List<RefreshWork<T>> ordered = new ArrayList<>(works);
    ordered.sort(Comparator.<RefreshWork<T>>comparingDouble(RefreshWork::cost).reversed());
    for (RefreshWork<T> work : ordered) {
      Load least = loads.remove();
      byOffset.computeIfAbsent(least.offset(), offset -> new ArrayList<>()).add(work);
      loads.add(new Load(least.offset(), least.cost() + work.cost()));
    }
    List<RefreshGroup<T>> groups = new ArrayList<>();
    byOffset.forEach(
        (offset, some) -> groups.add(new RefreshGroup<>(policy, offset, some, Map.of())));
    return groups;
  }

  /**
   * At most {@code count} steps of a period, evenly spread, without those that an update of the
   * statistics ever meets; all steps if none is free of them.
   *
   * <p>A step {@code s} of the period {@code T} meets a multiple of {@code T_stat} in some period
   * if and only if {@code s} is a multiple of the periods' greatest common divisor.
   */
  private static List<Long> steps(long period, Cadence statistics, int count) {
    long divisor = greatestCommonDivisor(period, statistics.period());
    List<Long> free =
        LongStream.range(0, period).filter(step -> step % divisor != 0).boxed().toList();
    List<Long> candidates = free.isEmpty() ? LongStream.range(0, period).boxed().toList() : free;
    int chosen = Math.min(count, candidates.size());
    return LongStream.range(0, chosen)
        .mapToObj(i -> candidates.get((int) (i * candidates.size() / chosen)))
        .toList();
  }

  private static long greatestCommonDivisor(long a, long b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }
}
