package io.github.tfkfac.tools.lab.bench;

import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.PreconditioningPrecision;
import io.github.tfkfac.SeparateOps;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.models.train.ClassifierSpec;
import io.github.tfkfac.models.train.SessionThreads;
import io.github.tfkfac.models.train.TrainingGraph;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.tensorflow.Graph;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

/**
 * Times the parts of an NKFAC step against a step of SGD with momentum on the same network.
 *
 * @param spec the network
 * @param precision in which NKFAC applies its inverses
 * @param batch batch size
 * @param rounds how often each part is timed
 * @param threads threads of each session
 */
public record StepBenchmark(
    ClassifierSpec<TFloat32> spec,
    PreconditioningPrecision precision,
    int batch,
    int rounds,
    SessionThreads threads) {

  private static final int WARM_UP_ROUNDS = 2;
  private static final double LEARNING_RATE = 0.01;
  private static final double WEIGHT_DECAY = 5e-4;
  private static final long NEVER = 1L << 40;

  public StepBenchmark {
    if (batch <= 0 || rounds <= 0) {
      throw new IllegalArgumentException(
          "expected a batch size and a number of rounds > 0, found " + batch + " and " + rounds);
    }
  }

  /**
   * Runs the benchmark.
   *
   * @param progress told the number of rounds done after every one
   */
  public StepMeasurement run(IntConsumer progress) {
    TrainingOptions sgdm = TrainingOptions.sgdm(LEARNING_RATE, WEIGHT_DECAY);
    loadTensorFlow(sgdm);
    try (TrainingProbe momentum =
        new TrainingProbe(spec, batch, threads, graph -> new FirstOrder(graph, sgdm))) {
      momentum.step();
      long peakOfMomentum = ProcessMemory.current().peakBytes();
      try (TrainingProbe nkfac = nkfac()) {
        StepTimes times = new StepTimes(measured(momentum, nkfac, progress));
        return new StepMeasurement(
            times,
            momentum.start(),
            nkfac.start(),
            peakOfMomentum,
            ProcessMemory.current().peakBytes());
      }
    }
  }

  private TrainingProbe nkfac() {
    KfacOptions options =
        KfacOptions.nkfac()
            .withLearningRate(LEARNING_RATE)
            .withPeriods(NEVER, NEVER)
            .withPreconditioningPrecision(precision);
    return new TrainingProbe(spec, batch, threads, graph -> new Kfac(graph, options));
  }

  /** Traces of NKFAC's plain step, statistics and refreshes, each after runs that warm up. */
  public Map<String, StepTrace> traces() {
    try (TrainingProbe nkfac = nkfac()) {
      SeparateOps parts = ((Kfac) nkfac.training().optimizer()).separateOps();
      Map<String, Op> traced = new LinkedHashMap<>();
      traced.put("step", nkfac.training().step());
      traced.put("statistics", parts.statistics());
      traced.put("newton-refresh", parts.iterativeRefresh());
      traced.put("exact-refresh", parts.exactRefresh());
      Map<String, StepTrace> traces = new LinkedHashMap<>();
      traced.forEach(
          (name, part) -> {
            for (int i = 0; i < WARM_UP_ROUNDS; i++) {
              nkfac.trace(part);
            }
            traces.put(name, nkfac.trace(part));
          });
      return traces;
    }
  }

  /** Builds a network once, so that the first one measured does not pay for loading classes. */
  private void loadTensorFlow(TrainingOptions options) {
    try (Graph graph = new Graph()) {
      TrainingGraph.build(graph, spec, same -> new FirstOrder(same, options));
    }
  }

  private List<StepTimes.Round> measured(
      TrainingProbe momentum, TrainingProbe nkfac, IntConsumer progress) {
    SeparateOps parts = ((Kfac) nkfac.training().optimizer()).separateOps();
    for (int i = 0; i < WARM_UP_ROUNDS; i++) {
      round(momentum, nkfac, parts);
    }
    List<StepTimes.Round> measured = new ArrayList<>();
    for (int i = 1; i <= rounds; i++) {
      measured.add(round(momentum, nkfac, parts));
      progress.accept(i);
    }
    return measured;
  }

  private static StepTimes.Round round(
      TrainingProbe momentum, TrainingProbe nkfac, SeparateOps parts) {
    return new StepTimes.Round(
        Stopwatch.milliseconds(momentum::step),
        Stopwatch.milliseconds(nkfac::step),
        Stopwatch.milliseconds(() -> nkfac.run(nkfac.training().step(), parts.statistics())),
        Stopwatch.milliseconds(() -> nkfac.run(parts.exactRefresh())),
        Stopwatch.milliseconds(() -> nkfac.run(parts.iterativeRefresh())));
  }
}
