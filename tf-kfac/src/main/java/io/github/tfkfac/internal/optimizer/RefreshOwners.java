package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.extension.RefreshWork;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.types.family.TNumber;

/**
 * Distribution of the works of refreshes among workers: of the works of one step the most expensive
 * goes to the worker with the least so far, and so on.
 */
final class RefreshOwners {

  /** Cost of all steps, for each worker. */
  private final double[] total;

  RefreshOwners(int workers) {
    this.total = new double[workers];
  }

  /** The group with an owner for each work that one worker can do for all. */
  <T extends TNumber> RefreshGroup<T> assign(RefreshGroup<T> group) {
    double cost =
        group.works().stream().filter(RefreshOwners::canBeOwned).mapToDouble(w -> w.cost()).sum();
    List<RefreshWork<T>> works = new ArrayList<>();
    for (RefreshWork<T> work : group.works()) {
      if (canBeOwned(work)) {
        works.addAll(work.divided(cost / total.length));
      } else {
        works.add(work);
      }
    }
    List<RefreshWork<T>> ordered =
        new ArrayList<>(works.stream().filter(RefreshOwners::canBeOwned).toList());
    ordered.sort(Comparator.<RefreshWork<T>>comparingDouble(RefreshWork::cost).reversed());
    double[] inStep = new double[total.length];
    Map<RefreshWork<T>, Integer> owners = new LinkedHashMap<>();
    for (RefreshWork<T> work : ordered) {
      int owner = least(inStep);
      owners.put(work, owner);
      inStep[owner] += work.cost();
      total[owner] += work.cost();
    }
    return new RefreshGroup<>(group.policy(), group.offset(), works, owners);
  }

  private static boolean canBeOwned(RefreshWork<?> work) {
    return !work.results().isEmpty();
  }

  /** The worker with the least in a step, of several such the one with the least in all steps. */
  private int least(double[] inStep) {
    int least = 0;
    for (int worker = 1; worker < inStep.length; worker++) {
      int compared = Double.compare(inStep[worker], inStep[least]);
      if (compared < 0 || (compared == 0 && total[worker] < total[least])) {
        least = worker;
      }
    }
    return least;
  }
}
