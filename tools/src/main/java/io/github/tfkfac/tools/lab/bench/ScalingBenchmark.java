package io.github.tfkfac.tools.lab.bench;

import io.github.tfkfac.Cluster;
import io.github.tfkfac.ClusterSession;
import io.github.tfkfac.ClusterSession.TimeLimits;
import io.github.tfkfac.CollectiveHint;
import io.github.tfkfac.models.train.ClassifierSpec;
import io.github.tfkfac.models.train.SessionThreads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import org.tensorflow.types.TFloat32;

/**
 * Times training steps of one worker and of two on this machine, which are threads of this process
 * with a server each, and counts what they exchange.
 *
 * <p>TensorFlow takes the threads within an operation from the first session of the process, which
 * is that of the worker alone, and shares the threads for operations among the servers: as many as
 * there are cores.
 *
 * @param spec the network
 * @param batch images of each worker
 * @param statisticsPeriod steps between two updates of the statistics
 * @param inversePeriod steps between two refreshes, a larger multiple of it
 * @param rounds how often a step of each kind is timed
 * @param threads threads of each worker
 */
public record ScalingBenchmark(
    ClassifierSpec<TFloat32> spec,
    int batch,
    long statisticsPeriod,
    long inversePeriod,
    int rounds,
    int threads) {

  private static final int WORKERS = 2;

  /** A step may take long on a slow machine. */
  private static final TimeLimits LIMITS =
      new TimeLimits(Duration.ofMinutes(30), Duration.ofMinutes(30));

  public ScalingBenchmark {
    if (batch <= 0 || rounds <= 0 || threads <= 0) {
      throw new IllegalArgumentException(
          "expected a batch size, a number of rounds and of threads > 0, found %d, %d and %d"
              .formatted(batch, rounds, threads));
    }
    if (statisticsPeriod < 2
        || inversePeriod <= statisticsPeriod
        || inversePeriod % statisticsPeriod != 0) {
      throw new IllegalArgumentException(
          "expected a statistics period > 1 and an inverse period that is a larger multiple of it, found %d and %d; otherwise there is no step of each kind"
              .formatted(statisticsPeriod, inversePeriod));
    }
  }

  /** The kinds of steps that an optimizer has. */
  List<ScalingStep> kinds(ScalingArm arm) {
    return arm == ScalingArm.MOMENTUM ? List.of(ScalingStep.PLAIN) : List.of(ScalingStep.values());
  }

  /**
   * Runs the benchmark.
   *
   * @param progress told of everything that is done
   */
  public List<ScalingMeasurement> run(Consumer<String> progress) {
    List<ScalingMeasurement> found = new ArrayList<>();
    ClusterSession alone = ClusterSession.start(new Cluster(addresses(1), 0));
    for (ScalingArm arm : ScalingArm.values()) {
      if (!arm.needsOthers()) {
        try (ScalingProbe probe = probe(arm, alone)) {
          found.add(probe.measure());
        }
        progress.accept(arm.label() + ", 1 worker");
      }
    }
    List<ClusterSession> workers = workers();
    for (ScalingArm arm : ScalingArm.values()) {
      List<ScalingMeasurement> ofWorkers =
          onAll(
              workers,
              worker -> {
                try (ScalingProbe probe = probe(arm, worker)) {
                  return probe.measure();
                }
              });
      long state = ofWorkers.stream().mapToLong(ScalingMeasurement::stateBytes).max().orElseThrow();
      ScalingMeasurement first = ofWorkers.get(0);
      found.add(
          new ScalingMeasurement(
              arm, WORKERS, batch, state, first.milliseconds(), first.exchanges()));
      progress.accept(arm.label() + ", " + WORKERS + " workers");
    }
    return found;
  }

  /** Traces of worker 0 with two workers, by optimizer and kind of step. */
  public Map<String, StepTrace> traces() {
    Map<String, StepTrace> traces = new LinkedHashMap<>();
    List<ClusterSession> workers = workers();
    for (ScalingArm arm : ScalingArm.values()) {
      onAll(
          workers,
          worker -> {
            Map<String, StepTrace> found = new LinkedHashMap<>();
            try (ScalingProbe probe = probe(arm, worker)) {
              for (ScalingStep kind : kinds(arm)) {
                probe.trace(kind);
                probe.trace(kind);
                found.put(name(arm) + "-" + name(kind), probe.trace(kind));
              }
            }
            if (worker.cluster().isChief()) {
              traces.putAll(found);
            }
            return found;
          });
    }
    return traces;
  }

  private static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private ScalingProbe probe(ScalingArm arm, ClusterSession worker) {
    SessionThreads each = new SessionThreads(threads, threads);
    return new ScalingProbe(this, arm, worker, (own, graph) -> own.open(graph, each.config()));
  }

  private static List<ClusterSession> workers() {
    List<String> addresses = addresses(WORKERS);
    List<ClusterSession> workers = new ArrayList<>();
    for (int i = 0; i < WORKERS; i++) {
      workers.add(ClusterSession.start(new Cluster(addresses, i), LIMITS, CollectiveHint.AUTO));
    }
    return workers;
  }

  /** Runs a program on all workers at once. */
  private static <R> List<R> onAll(
      List<ClusterSession> workers, Function<ClusterSession, R> program) {
    ExecutorService threads =
        Executors.newFixedThreadPool(
            workers.size(),
            work -> {
              Thread thread = new Thread(work, "worker");
              // Where one fails, the others wait for it in vain.
              thread.setDaemon(true);
              return thread;
            });
    try {
      CompletionService<R> completed = new ExecutorCompletionService<>(threads);
      List<Future<R>> running = new ArrayList<>();
      workers.forEach(worker -> running.add(completed.submit(() -> program.apply(worker))));
      for (int i = 0; i < workers.size(); i++) {
        completed.take().get();
      }
      List<R> results = new ArrayList<>();
      for (Future<R> each : running) {
        results.add(each.get());
      }
      return results;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("a worker failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while workers ran", e);
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<String> addresses(int count) {
    try {
      return Cluster.localAddresses(count);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
