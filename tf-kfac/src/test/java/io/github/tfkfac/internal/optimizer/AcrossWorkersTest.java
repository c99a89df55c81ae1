package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.Approximation;
import io.github.tfkfac.ClusterSession;
import io.github.tfkfac.CollectiveHint;
import io.github.tfkfac.Fisher;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.PredictiveDistribution;
import io.github.tfkfac.RefreshPolicy;
import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.WorkerLayout;
import io.github.tfkfac.Workers;
import io.github.tfkfac.extension.CapturedLayer;
import io.github.tfkfac.extension.CurvatureBlock;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.extension.LayerBatch;
import io.github.tfkfac.extension.NewValue;
import io.github.tfkfac.extension.StepScalars;
import io.github.tfkfac.internal.optimizer.WorkerScenario.Outcome;
import io.github.tfkfac.internal.worker.CollectiveWorkers;
import io.github.tfkfac.testing.TestCluster;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/** Several workers with a part of each batch do what one process does with the whole. */
class AcrossWorkersTest {

  /** Sums in another order, over 40 steps. */
  private static final double TOLERANCE = 1e-9;

  private static final double TOLERANCE_FLOAT = 1e-5;

  private static <T extends TNumber> void assertSame(
      WorkerScenario scenario, Class<T> type, int count, double tolerance) {
    Outcome expected = scenario.run(type, count, WorkerLayout.COMMUNICATION, Optional.empty());
    List<Outcome> found =
        TestCluster.onWorkers(
            count,
            worker -> scenario.run(type, count, WorkerLayout.COMMUNICATION, Optional.of(worker)));
    for (Outcome outcome : found) {
      assertThat(outcome).as("workers, bit for bit").isEqualTo(found.get(0));
    }
    assertThat(found.get(0).variables().keySet()).isEqualTo(expected.variables().keySet());
    for (String weight : WorkerModel.WEIGHTS) {
      assertThat(difference(found.get(0), expected, weight)).as(weight).isLessThan(tolerance);
      assertThat(expected.variables().get(weight)).allMatch(Double::isFinite);
    }
    assertThat(found.get(0).health()).isEqualTo(expected.health());
    TrainingHealth health = expected.health();
    if (expected.variables().keySet().stream().anyMatch(name -> name.startsWith("kfac/"))) {
      assertThat(health.exactRefreshes() + health.iterativeRefreshes()).isGreaterThanOrEqualTo(3);
    }
    assertThat(health.skippedSteps() > 0).isEqualTo(scenario.name().contains("BROKEN"));
  }

  private static double difference(Outcome found, Outcome expected, String variable) {
    List<Double> one = found.variables().get(variable);
    List<Double> other = expected.variables().get(variable);
    double largest = 0;
    for (int i = 0; i < other.size(); i++) {
      largest = Math.max(largest, Math.abs(one.get(i) - other.get(i)));
    }
    return largest;
  }

  /** Each way by which the workers' parts come together. */
  private static final String EACH_WAY =
      "^(SGD|MUON|SHAMPOO|SOAP|NKFAC|EKFAC|SKFAC|TWO_LEVEL|NKFAC_ACCUMULATED|SKFAC_MASKED|NKFAC_BROKEN)$";

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_ANY, names = EACH_WAY)
  void twoWorkersAreOneProcess(WorkerScenario scenario) {
    assertSame(scenario, TFloat64.class, 2, TOLERANCE);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_NONE, names = EACH_WAY)
  @Tag("slow")
  void twoWorkersAreOneProcessWithEveryOption(WorkerScenario scenario) {
    assertSame(scenario, TFloat64.class, 2, TOLERANCE);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("slow")
  void threeWorkersAreOneProcess(WorkerScenario scenario) {
    assertSame(scenario, TFloat64.class, 3, TOLERANCE);
  }

  @ParameterizedTest
  @EnumSource(names = {"SGD", "NKFAC", "KFAC_TIKHONOV", "SKFAC"})
  @Tag("slow")
  void soTheyAreInSinglePrecision(WorkerScenario scenario) {
    assertSame(scenario, TFloat32.class, 2, TOLERANCE_FLOAT);
  }

  @Test
  void targetsAreDrawnFromAStreamPerWorker() {
    int part = 4;
    long seed = 5;
    Map<String, List<Double>> together =
        TestCluster.onWorkers(
                2,
                worker -> {
                  int from = worker.cluster().index() * part;
                  return sampled(seed, from, from + part, Optional.of(worker));
                })
            .get(1);
    Map<String, List<Double>> first = sampled(seed, 0, part, Optional.empty());
    Map<String, List<Double>> second =
        sampled(seed + TrainStep.WORKER_STRIDE, part, 2 * part, Optional.empty());
    Map<String, List<Double>> sameStream = sampled(seed, part, 2 * part, Optional.empty());
    for (String factor : List.of("kfac/fc1/G", "kfac/fc3/G", "kfac/conv/G")) {
      assertThat(second.get(factor)).isNotEqualTo(sameStream.get(factor));
      for (int i = 0; i < first.get(factor).size(); i++) {
        // G is a mean over examples: over two parts of equal size the mean of both.
        assertThat(together.get(factor).get(i))
            .isCloseTo(
                (first.get(factor).get(i) + second.get(factor).get(i)) / 2, within(TOLERANCE));
      }
    }
  }

  /** The state after one step. */
  private static Map<String, List<Double>> sampled(
      long seed, int from, int to, Optional<ClusterSession> worker) {
    WorkerModel<TFloat64> model = new WorkerModel<>(TFloat64.class);
    try (var graph = model.graph) {
      Kfac optimizer =
          new Kfac(
              graph.graph,
              KfacOptions.kfac().withFisher(Fisher.sampled(seed)).withPeriods(1, 1),
              List.of(PredictiveDistribution.gaussian(model.output)));
      worker.ifPresent(own -> optimizer.acrossWorkers(own.workers()));
      Op train = optimizer.minimize(model.loss);
      if (worker.isPresent()) {
        graph.start(config -> worker.get().open(graph.graph, config));
        worker.get().initialize(graph.session());
      } else {
        graph.start();
      }
      double[] all = new double[8];
      Arrays.fill(all, 1);
      model.feed(3, all, -1, from, to);
      graph.run(train);
      return graph.everyVariable();
    }
  }

  /** A block that wants what one worker does not have. */
  private record FlowBlock<T extends TNumber>(CapturedLayer<T> layer) implements CurvatureBlock<T> {

    @Override
    public List<NewValue<T>> update(Ops tf, LayerBatch<T> batch) {
      batch.tap(tf);
      return List.of();
    }

    @Override
    public Operand<T> precondition(Ops tf, Operand<T> gradient, StepScalars<T> step) {
      return gradient;
    }
  }

  @Test
  void aBlockThatAsksForFlowsIsRejectedByName() {
    WorkerModel<TFloat64> model = new WorkerModel<>(TFloat64.class);
    try (var graph = model.graph) {
      Kfac optimizer =
          new Kfac(
              graph.graph,
              KfacOptions.kfac()
                  .withApproximation(
                      Approximation.of("flows", Damping.absolute(1e-3), FlowBlock::new)));
      optimizer.acrossWorkers(new CollectiveWorkers(2, 0, CollectiveHint.AUTO));
      assertThatThrownBy(() -> optimizer.minimize(model.loss))
          .hasMessageStartingWith(
              "expected a curvature block that is made of moments and gradients with 2 workers,"
                  + " found that FlowBlock of layer 'fc3' asks for the flows of a batch");
    }
  }

  @Test
  void everyRefreshHasOneOwnerAndAllWorkersTheSameExchanges() {
    List<Long> exchanges = new ArrayList<>();
    List<Long> inversions = new ArrayList<>();
    for (int worker = 0; worker < 3; worker++) {
      CollectiveWorkers workers = new CollectiveWorkers(3, worker, CollectiveHint.AUTO);
      inversions.add(inversions(workers));
      exchanges.add(workers.exchanges());
    }
    assertThat(exchanges).containsOnly(exchanges.get(0));
    // conv 2, table 1 (A is diagonal), 5 dense layers 2 each, of which equal ones are stacked when
    // one worker does them all.
    assertThat(inversions.stream().mapToLong(Long::longValue).sum()).isBetween(6L, 11L);
    assertThat(inversions).allMatch(own -> own > 0);
  }

  /** Cholesky factorizations in the graph of a worker. */
  private static long inversions(Workers workers) {
    WorkerModel<TFloat64> model = new WorkerModel<>(TFloat64.class);
    try (var graph = model.graph) {
      Kfac optimizer =
          new Kfac(
              graph.graph, KfacOptions.kfacTikhonov().withRefreshes(RefreshPolicy.exactEvery(5)));
      optimizer.acrossWorkers(workers);
      optimizer.minimize(model.loss);
      return graph.graph.toGraphDef().getNodeList().stream()
          .filter(node -> node.getOp().equals("Cholesky"))
          .count();
    }
  }
}
