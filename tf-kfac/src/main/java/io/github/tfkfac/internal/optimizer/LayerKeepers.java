package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.Approximation;
import io.github.tfkfac.Approximation.Eigenbases;
import io.github.tfkfac.Approximation.Inverses;
import io.github.tfkfac.Approximation.LowRank;
import io.github.tfkfac.WorkerLayout;
import io.github.tfkfac.Workers;
import io.github.tfkfac.internal.graph.ElementSize;
import io.github.tfkfac.internal.worker.Packed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Distribution of the layers' curvature among workers.
 *
 * @param workers all of them
 * @param keepers the worker that keeps a layer, by the layer's index; nothing if every worker keeps
 *     all
 */
record LayerKeepers(Workers workers, Optional<List<Integer>> keepers) {

  /** Largest size of what is sent in one exchange, unless a single layer has more. */
  private static final long LARGEST_BYTES = 8L << 20;

  /**
   * A distribution: the largest layer goes to the worker with the least so far, and so on.
   *
   * @param entries of the factors of each layer
   */
  static LayerKeepers of(Workers workers, WorkerLayout layout, List<Long> entries) {
    if (workers.isAlone() || layout == WorkerLayout.COMMUNICATION) {
      return new LayerKeepers(workers, Optional.empty());
    }
    Integer[] keepers = new Integer[entries.size()];
    long[] load = new long[workers.count()];
    IntStream.range(0, keepers.length)
        .boxed()
        .sorted(Comparator.<Integer>comparingLong(entries::get).reversed())
        .forEach(
            layer -> {
              int least =
                  IntStream.range(0, load.length)
                      .boxed()
                      .min(Comparator.comparingLong(worker -> load[worker]))
                      .orElseThrow();
              keepers[layer] = least;
              load[least] += entries.get(layer);
            });
    return new LayerKeepers(workers, Optional.of(Arrays.asList(keepers)));
  }

  /** Whether a layer has one keeper. */
  boolean isDivided() {
    return keepers.isPresent();
  }

  /** Who keeps a layer. */
  Keeper of(int layer) {
    return keepers
        .map(all -> all.get(layer) == workers.index() ? Keeper.THIS_WORKER : Keeper.ANOTHER_WORKER)
        .orElse(Keeper.EVERY_WORKER);
  }

  /** The worker that keeps a layer. */
  int keeper(int layer) {
    return keepers.orElseThrow().get(layer);
  }

  /** Whether this worker keeps a layer. */
  boolean keeps(int layer) {
    return of(layer) != Keeper.ANOTHER_WORKER;
  }

  /**
   * The sum over all workers of a value that belongs to a layer, at the workers that keep it.
   *
   * @return elsewhere what must run for the sum to be made
   */
  <T extends TNumber> Operand<T> sum(Ops tf, int layer, Operand<T> value) {
    return isDivided() ? workers.sumAt(tf, keeper(layer), value) : workers.sum(tf, value);
  }

  /**
   * @throws IllegalStateException if a layer has one keeper, and its approximation needs state on
   *     every worker
   */
  void require(Approximation approximation, String layer) {
    if (isDivided()) {
      obstacle(approximation)
          .ifPresent(
              found -> {
                throw new IllegalStateException(
                    "expected curvature that one worker can keep for all with WorkerLayout.MEMORY, found %s for layer '%s'; use WorkerLayout.COMMUNICATION, or K-FAC, NKFAC or SKFAC"
                        .formatted(found, layer));
              });
    }
  }

  private static Optional<String> obstacle(Approximation approximation) {
    if (approximation instanceof Inverses || approximation instanceof LowRank) {
      return Optional.empty();
    }
    return approximation instanceof Eigenbases bases
        ? bases.ofWholeBatch()
        : Optional.of("blocks of the approximation '" + approximation + "'");
  }

  /** The group with its works divided by the keepers of the layers. */
  <T extends TNumber> RefreshGroup<T> divide(RefreshGroup<T> group) {
    return group.withWorks(
        group.works().stream()
            .flatMap(
                work ->
                    work instanceof LayerWork<T> ofLayers
                        ? ofLayers.byKeeper(this).stream()
                        : Stream.of(work))
            .toList());
  }

  /**
   * A value of every layer, made by the layer's keeper and sent by it.
   *
   * @param shapes of the values by layer
   * @param kept makes the value of a layer that this worker keeps
   */
  <T extends TNumber> List<Operand<T>> values(
      Ops tf, List<Shape> shapes, Class<T> type, IntFunction<Operand<T>> kept) {
    Map<Integer, Operand<T>> values = new TreeMap<>();
    for (int layer = 0; layer < shapes.size(); layer++) {
      if (keeps(layer)) {
        values.put(layer, kept.apply(layer));
      }
    }
    if (isDivided()) {
      packs(shapes, type).forEach(pack -> send(tf, pack, shapes, type, values));
    }
    return List.copyOf(values.values());
  }

  /** Layers of one keeper that are sent together. */
  private List<List<Integer>> packs(List<Shape> shapes, Class<? extends TNumber> type) {
    List<List<Integer>> packs = new ArrayList<>();
    for (int worker = 0; worker < workers.count(); worker++) {
      long bytes = LARGEST_BYTES + 1;
      for (int layer = 0; layer < shapes.size(); layer++) {
        if (keeper(layer) == worker) {
          long size = shapes.get(layer).size() * ElementSize.of(type);
          if (bytes + size > LARGEST_BYTES) {
            packs.add(new ArrayList<>());
            bytes = 0;
          }
          packs.get(packs.size() - 1).add(layer);
          bytes += size;
        }
      }
    }
    return packs;
  }

  /** The keeper uses what it sent, so that it is sent. */
  private <T extends TNumber> void send(
      Ops tf,
      List<Integer> pack,
      List<Shape> shapes,
      Class<T> type,
      Map<Integer, Operand<T>> values) {
    int keeper = keeper(pack.get(0));
    List<Shape> sent = pack.stream().map(shapes::get).toList();
    Optional<Operand<T>> own =
        keeper == workers.index()
            ? Optional.of(Packed.of(tf, pack.stream().map(values::get).toList()).vector())
            : Optional.empty();
    Operand<T> received = workers.broadcast(tf, keeper, own, Packed.length(sent), type);
    int next = 0;
    for (Operand<T> value : Packed.unpack(tf, received, sent)) {
      values.put(pack.get(next++), value);
    }
  }
}
