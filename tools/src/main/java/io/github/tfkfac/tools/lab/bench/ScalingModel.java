package io.github.tfkfac.tools.lab.bench;

import io.github.tfkfac.internal.worker.Triangle;
import io.github.tfkfac.tools.lab.bench.ScalingIteration.Bytes;
import io.github.tfkfac.tools.lab.bench.ScalingIteration.Seconds;
import io.github.tfkfac.tools.lab.bench.ScalingNetwork.Factor;
import io.github.tfkfac.tools.lab.bench.ScalingNetwork.Layer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Calculation of the time of an iteration of distributed K-FAC, every worker with a batch of its
 * own.
 *
 * <p>With W workers b bytes are reduced and scattered, or gathered, in {@code b (W − 1) / W / B + m
 * (W − 1) α} seconds by m messages around a ring, all-reduced in twice that; m values of b bytes
 * together reach everybody along trees in {@code b (W − 1) / W / B + m ⌈log₂ W⌉ α}. Stages follow
 * one another: nothing is hidden behind computation. Numbers have 4 bytes.
 *
 * @param network sizes and work
 * @param speeds of a worker and the network between them
 * @param scheme who does what
 * @param statisticsPeriod steps between two updates of the statistics
 * @param inversePeriod steps between two refreshes
 */
public record ScalingModel(
    ScalingNetwork network,
    ScalingSpeeds speeds,
    ScalingScheme scheme,
    long statisticsPeriod,
    long inversePeriod) {

  /** Largest pack of gradients or directions, as the library makes them. */
  private static final double PACK = 8 << 20;

  /** The average iteration of this many workers. */
  public ScalingIteration at(int workers) {
    double share = (workers - 1.0) / workers;
    double gradients = bytes(network.gradients());
    double weights = sum(layer -> bytes(layer.weights()));
    double derived = sum(layer -> bytes(layer.entries()));
    double moments =
        sum(layer -> layer.factors().mapToDouble(factor -> bytes(exchanged(factor))).sum());
    int layers = network.layers().size();
    double trees = workers == 1 ? 0 : Math.ceil(Math.log(workers) / Math.log(2));
    double ring = (workers - 1) * speeds.latency();
    boolean reduced = scheme != ScalingScheme.REDUCE_SCATTER;
    double rounds = reduced ? 2 : 1;
    double momentRounds = scheme == ScalingScheme.COMM_OPT ? 2 : 1;
    Bytes bytes =
        new Bytes(
            rounds * share * gradients,
            momentRounds * share * moments / statisticsPeriod,
            scheme == ScalingScheme.COMM_OPT ? share * derived / inversePeriod : 0,
            scheme == ScalingScheme.COMM_OPT ? 0 : share * weights);
    double gradientMessages = reduced ? packs(gradients) : layers;
    double directionLatency =
        switch (scheme) {
          case COMM_OPT -> 0;
          case MEM_OPT ->
              Math.max(packs(weights), Math.min(workers, layers)) * trees * speeds.latency();
          case REDUCE_SCATTER -> layers * ring;
        };
    double resultLatency =
        scheme == ScalingScheme.COMM_OPT ? factors().size() * trees * speeds.latency() : 0;
    Seconds seconds =
        new Seconds(
            network.training() / speeds.training(),
            bytes.gradients() / speeds.bandwidth() + rounds * gradientMessages * ring,
            network.statistics() / speeds.statistics() / statisticsPeriod,
            bytes.moments() / speeds.bandwidth() + momentRounds * layers * ring / statisticsPeriod,
            refresh(workers) / inversePeriod,
            bytes.results() / speeds.bandwidth() + resultLatency / inversePeriod,
            preconditioning(workers) / speeds.training(),
            bytes.directions() / speeds.bandwidth() + directionLatency);
    return new ScalingIteration(workers, seconds, bytes);
  }

  /** Numbers that are exchanged of a factor's moments. */
  private long exchanged(Factor factor) {
    if (!factor.isOneMatrix()) {
      return factor.entries();
    }
    return scheme == ScalingScheme.REDUCE_SCATTER
        ? factor.order() * (factor.order() + 1) / 2
        : Triangle.entries(factor.order());
  }

  private List<Factor> factors() {
    return network.layers().stream().flatMap(Layer::factors).toList();
  }

  /** Seconds of a refresh on the worker with most of it. */
  private double refresh(int workers) {
    if (scheme == ScalingScheme.COMM_OPT) {
      return most(factors(), this::refresh, greedy(factors(), Factor::refresh, workers), workers);
    }
    return most(
        network.layers(),
        layer -> layer.factors().mapToDouble(this::refresh).sum(),
        keepers(workers),
        workers);
  }

  private double refresh(Factor factor) {
    return speeds.launch() + factor.refresh() / speeds.refresh();
  }

  private double preconditioning(int workers) {
    return scheme == ScalingScheme.COMM_OPT
        ? sum(Layer::preconditioning)
        : most(network.layers(), Layer::preconditioning, keepers(workers), workers);
  }

  /** The worker of every layer: by size, or in turn. */
  private List<Integer> keepers(int workers) {
    return scheme == ScalingScheme.REDUCE_SCATTER
        ? IntStream.range(0, network.layers().size()).map(i -> i % workers).boxed().toList()
        : greedy(network.layers(), Layer::entries, workers);
  }

  private double sum(ToDoubleFunction<Layer> value) {
    return network.layers().stream().mapToDouble(value).sum();
  }

  private static double bytes(long numbers) {
    return (double) Float.BYTES * numbers;
  }

  private static double packs(double bytes) {
    return Math.ceil(bytes / PACK);
  }

  /** The most expensive first, each to the worker with the least so far. */
  static <E> List<Integer> greedy(List<E> works, ToDoubleFunction<E> cost, int workers) {
    List<Integer> owners = new ArrayList<>(Collections.nCopies(works.size(), 0));
    double[] load = new double[workers];
    IntStream.range(0, works.size())
        .boxed()
        .sorted(
            Comparator.<Integer>comparingDouble(i -> cost.applyAsDouble(works.get(i))).reversed())
        .forEach(
            work -> {
              int least = 0;
              for (int worker = 1; worker < workers; worker++) {
                least = load[worker] < load[least] ? worker : least;
              }
              owners.set(work, least);
              load[least] += cost.applyAsDouble(works.get(work));
            });
    return owners;
  }

  private static <E> double most(
      List<E> works, ToDoubleFunction<E> cost, List<Integer> owners, int workers) {
    double[] load = new double[workers];
    for (int i = 0; i < works.size(); i++) {
      load[owners.get(i)] += cost.applyAsDouble(works.get(i));
    }
    double most = 0;
    for (double each : load) {
      most = Math.max(most, each);
    }
    return most;
  }
}
