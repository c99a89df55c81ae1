package io.github.tfkfac.optimizer;

import io.github.tfkfac.graph.FactorStructure;
import io.github.tfkfac.optimizer.Approximation.Eigenbases;
import io.github.tfkfac.optimizer.Approximation.Inverses;
import io.github.tfkfac.optimizer.FactorStack.Member;
import io.github.tfkfac.optimizer.FactorStack.Side;
import io.github.tfkfac.optimizer.RefreshPolicy.Spread;
import io.github.tfkfac.schedule.Cadence;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.tensorflow.types.family.TNumber;

/** Divides the refresh of all factors into units and spreads these over the steps. */
final class RefreshPlan {

  /** A stack of factors has at most this many bytes, unless a single factor is larger. */
  private static final long LARGEST_STACK_BYTES = 32L << 20;

  private RefreshPlan() {}

  /** Factors that could be refreshed as one. */
  private record Kind(
      FactorStructure structure,
      Approximation approximation,
      RefreshPolicy policy,
      Optional<Side> side) {}

  /** A step of the period and the work that falls on it so far. */
  private record Load(long offset, double cost) {}

  /** The groups, one per set of steps. */
  static <T extends TNumber> List<RefreshGroup<T>> of(
      List<LayerState<T>> layers,
      CurvatureOptions options,
      Optional<CoarseLevel<T>> coarse,
      Class<T> type) {
    Map<RefreshPolicy, List<RefreshUnit<T>>> byPolicy = new LinkedHashMap<>();
    double largest = largestFactor(layers);
    kinds(layers)
        .forEach(
            (kind, members) -> {
              double atMost =
                  kind.policy().spread() == Spread.STAGGERED ? largest : Double.POSITIVE_INFINITY;
              byPolicy
                  .computeIfAbsent(kind.policy(), policy -> new ArrayList<>())
                  .addAll(units(kind, members, atMost, type));
            });
    for (int i = 0; i < layers.size(); i++) {
      LayerState<T> layer = layers.get(i);
      if (layer.approximation() instanceof Approximation.LowRank lowRank) {
        byPolicy
            .computeIfAbsent(layer.refreshes(), policy -> new ArrayList<>())
            .add(
                new LowRankUnit<>(
                    layer, i, lowRank.damping(), options.factors().normalization(), type));
      }
    }
    coarse.ifPresent(
        level ->
            byPolicy
                .computeIfAbsent(options.refreshes(), policy -> new ArrayList<>())
                .add(level.unit()));
    List<RefreshGroup<T>> groups = new ArrayList<>();
    byPolicy.forEach(
        (policy, units) -> {
          if (policy.spread() == Spread.TOGETHER) {
            groups.add(new RefreshGroup<>(policy, 0, units));
          } else {
            groups.addAll(staggered(policy, units, options.factors().statistics()));
          }
        });
    return List.copyOf(groups);
  }

  private static <T extends TNumber> Map<Kind, List<Member<T>>> kinds(List<LayerState<T>> layers) {
    Map<Kind, List<Member<T>>> kinds = new LinkedHashMap<>();
    for (LayerState<T> layer : layers) {
      for (Side side : Side.values()) {
        Member<T> member = new Member<>(layer, side);
        if (member.factor().average().isPresent()) {
          kinds
              .computeIfAbsent(
                  new Kind(
                      member.factor().structure(),
                      layer.approximation(),
                      layer.refreshes(),
                      layer.approximation().damping().couplesFactors()
                          ? Optional.of(side)
                          : Optional.empty()),
                  kind -> new ArrayList<>())
              .add(member);
        }
      }
    }
    return kinds;
  }

  private static <T extends TNumber> List<RefreshUnit<T>> units(
      Kind kind, List<Member<T>> members, double largestCost, Class<T> type) {
    long atOnce = 1;
    if (kind.structure() instanceof FactorStructure.Full) {
      double bytes = kind.structure().entries() * (double) Double.BYTES;
      double cost = FactorStack.cost(kind.structure());
      atOnce = Math.max(1, (long) Math.min(LARGEST_STACK_BYTES / bytes, largestCost / cost));
    }
    List<RefreshUnit<T>> units = new ArrayList<>();
    for (int from = 0; from < members.size(); from += Math.toIntExact(atOnce)) {
      int to = (int) Math.min(from + atOnce, members.size());
      FactorStack<T> stack = new FactorStack<>(List.copyOf(members.subList(from, to)));
      if (kind.approximation() instanceof Inverses inverses) {
        units.add(new InverseUnit<>(stack, inverses, type));
      } else if (kind.approximation() instanceof Eigenbases) {
        units.add(new EigenbasisUnit<>(stack, type));
      }
    }
    return units;
  }

  /** The most expensive unit goes to the step with the least work so far, and so on. */
  private static <T extends TNumber> List<RefreshGroup<T>> staggered(
      RefreshPolicy policy, List<RefreshUnit<T>> units, Cadence statistics) {
    Map<Long, List<RefreshUnit<T>>> byOffset = new LinkedHashMap<>();
    PriorityQueue<Load> loads =
        new PriorityQueue<>(Comparator.comparingDouble(Load::cost).thenComparing(Load::offset));
    steps(policy.period(), statistics, units.size())
        .forEach(offset -> loads.add(new Load(offset, 0)));
    List<RefreshUnit<T>> ordered = new ArrayList<>(units);
    ordered.sort(Comparator.<RefreshUnit<T>>comparingDouble(RefreshUnit::cost).reversed());
    for (RefreshUnit<T> unit : ordered) {
      Load least = loads.remove();
      byOffset.computeIfAbsent(least.offset(), offset -> new ArrayList<>()).add(unit);
      loads.add(new Load(least.offset(), least.cost() + unit.cost()));
    }
    List<RefreshGroup<T>> groups = new ArrayList<>();
    byOffset.forEach((offset, some) -> groups.add(new RefreshGroup<>(policy, offset, some)));
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

  private static <T extends TNumber> double largestFactor(List<LayerState<T>> layers) {
    return layers.stream()
        .flatMap(layer -> Stream.of(layer.input(), layer.output()))
        .mapToDouble(factor -> FactorStack.cost(factor.structure()))
        .max()
        .orElse(1);
  }
}
