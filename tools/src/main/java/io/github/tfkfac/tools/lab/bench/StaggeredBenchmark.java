package io.github.tfkfac.tools.lab.bench;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.RefreshPolicy;
import io.github.tfkfac.SeparateOps;
import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.models.train.ClassifierSpec;
import io.github.tfkfac.models.train.SessionThreads;
import io.github.tfkfac.tools.statistics.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.tensorflow.types.TFloat32;

/**
 * Times every step of a period of NKFAC's inverses, with all factors refreshed in its first step
 * and with the refreshes staggered.
 *
 * <p>Two copies of a network take turns, step by step. The first period, in which every refresh is
 * exact, is skipped: all inverses are refreshed at once instead. All measured refreshes are
 * Newton's. What was done in a step is read from the optimizer's counters. The learning rate is so
 * small that all steps on the one batch are alike.
 *
 * @param spec the network
 * @param batch batch size
 * @param statisticsPeriod steps between two updates of the statistics
 * @param inversePeriod steps between two refreshes, a multiple of {@code statisticsPeriod}; the
 *     length of a window
 * @param windows how many windows are measured
 * @param threads threads of each session
 */
public record StaggeredBenchmark(
    ClassifierSpec<TFloat32> spec,
    int batch,
    long statisticsPeriod,
    int inversePeriod,
    int windows,
    SessionThreads threads) {

  private static final double LEARNING_RATE = 1e-4;
  private static final int NO_OTHER_EXACT_REFRESH = 1 << 20;
  private static final int LONE_REFRESHES_PER_WINDOW = 3;

  public StaggeredBenchmark {
    if (batch <= 0 || windows <= 0) {
      throw new IllegalArgumentException(
          "expected a batch size and a number of windows > 0, found " + batch + " and " + windows);
    }
    if (statisticsPeriod <= 0 || inversePeriod <= 0 || inversePeriod % statisticsPeriod != 0) {
      throw new IllegalArgumentException(
          ("expected an inverse period that is a multiple of the statistics period, found %d and"
                  + " %d; otherwise a window's steps are not the same in every window")
              .formatted(inversePeriod, statisticsPeriod));
    }
  }

  /**
   * Runs the benchmark.
   *
   * @param progress told the number of windows done, 0 before the first
   */
  public StaggeredMeasurement run(IntConsumer progress) {
    RefreshPolicy policy = new RefreshPolicy(inversePeriod, 0, NO_OTHER_EXACT_REFRESH);
    try (TrainingProbe together = probe(policy);
        TrainingProbe staggered = probe(policy.staggered())) {
      int order = largestOrder((Kfac) together.training().optimizer());
      try (RefreshProbe alone = new RefreshProbe(order, Set.of(Solver.NEWTON), threads)) {
        warmUp(together);
        warmUp(staggered);
        alone.milliseconds(Solver.NEWTON);
        progress.accept(0);
        Recorder ofTogether = new Recorder(together);
        Recorder ofStaggered = new Recorder(staggered);
        List<Double> lone = new ArrayList<>();
        for (int window = 1; window <= windows; window++) {
          for (int step = 0; step < inversePeriod; step++) {
            ofTogether.step(step);
            ofStaggered.step(step);
          }
          for (int i = 0; i < LONE_REFRESHES_PER_WINDOW; i++) {
            lone.add(alone.milliseconds(Solver.NEWTON));
          }
          progress.accept(window);
        }
        return new StaggeredMeasurement(
            ofTogether.window(),
            ofStaggered.window(),
            order,
            Spread.of(lone),
            ofTogether.isSound() && ofStaggered.isSound());
      }
    }
  }

  private TrainingProbe probe(RefreshPolicy policy) {
    KfacOptions options =
        KfacOptions.nkfac()
            .withLearningRate(LEARNING_RATE)
            .withPeriods(statisticsPeriod, inversePeriod);
    KfacOptions refreshed = options.withRefreshes(policy);
    return new TrainingProbe(spec, batch, threads, graph -> new Kfac(graph, refreshed));
  }

  /** Goes to the start of the second period, everything having run once. */
  private void warmUp(TrainingProbe probe) {
    SeparateOps parts = ((Kfac) probe.training().optimizer()).separateOps();
    probe.run(parts.exactRefresh());
    probe.run(parts.iterativeRefresh());
    probe.step();
    probe.skipTo(inversePeriod);
  }

  private static int largestOrder(Kfac optimizer) {
    return optimizer.layers().stream()
        .flatMap(site -> Stream.of(site.inputStructure(), site.outputStructure()))
        .filter(structure -> structure instanceof FactorStructure.Full)
        .mapToInt(FactorStructure::size)
        .max()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "expected a network with a dense factor to refresh, found none"));
  }

  /** Times steps and notes what was done in them. */
  private static final class Recorder {
    private final TrainingProbe probe;
    private final List<WindowTimes.Step> steps = new ArrayList<>();
    private TrainingHealth before;

    Recorder(TrainingProbe probe) {
      this.probe = probe;
      this.before = probe.health();
    }

    void step(int index) {
      double time = Stopwatch.milliseconds(probe::step);
      TrainingHealth after = probe.health();
      if (index < steps.size()) {
        steps.set(index, steps.get(index).and(time));
      } else {
        boolean statistics = after.statisticsUpdates() > before.statisticsUpdates();
        long refreshed = after.newtonSteps() - before.newtonSteps();
        steps.add(new WindowTimes.Step(index, statistics, refreshed, List.of(time)));
      }
      before = after;
    }

    boolean isSound() {
      return before.isSound();
    }

    WindowTimes window() {
      return new WindowTimes(steps);
    }
  }
}
