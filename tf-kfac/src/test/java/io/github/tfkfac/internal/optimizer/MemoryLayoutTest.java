package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.Approximation;
import io.github.tfkfac.Checkpoint;
import io.github.tfkfac.CheckpointException;
import io.github.tfkfac.ClusterSession;
import io.github.tfkfac.CollectiveHint;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.WorkerLayout;
import io.github.tfkfac.Workers;
import io.github.tfkfac.extension.CapturedLayer;
import io.github.tfkfac.extension.CurvatureBlock;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.StepScalars;
import io.github.tfkfac.internal.optimizer.WorkerScenario.Outcome;
import io.github.tfkfac.internal.worker.CollectiveWorkers;
import io.github.tfkfac.testing.TestCluster;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/** Workers of which one keeps a layer's curvature do what one process does that keeps all. */
class MemoryLayoutTest {

  /** Sums in another order, over 40 steps. */
  private static final double TOLERANCE = 1e-9;

  private static final String WITHOUT_CURVATURE = "^(SGD|ADAM_W|(MUON|SHAMPOO|SOAP).*)$";
  private static final String REJECTED = "^EKFAC.*";

  /** Each way by which a keeper gets and gives values. */
  private static final String EACH_WAY =
      "^(NKFAC|KFAC|SKFAC|SKFAC_MASKED|NKFAC_STAGGERED|KFAC_ADAPTED|NKFAC_BROKEN)$";

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_ANY, names = EACH_WAY)
  void twoWorkersDoTheSame(WorkerScenario scenario) {
    assertSame(scenario, 2);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.MATCH_NONE,
      names = {WITHOUT_CURVATURE, REJECTED, EACH_WAY})
  @Tag("slow")
  void twoWorkersDoTheSameWithEveryOption(WorkerScenario scenario) {
    assertSame(scenario, 2);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.MATCH_ANY,
      names = {EACH_WAY, "TWO_LEVEL", "KFAC_BLOCKS"})
  @Tag("slow")
  void threeWorkersDoTheSame(WorkerScenario scenario) {
    assertSame(scenario, 3);
  }

  private static void assertSame(WorkerScenario scenario, int count) {
    Outcome expected = scenario.run(TFloat64.class, count, WorkerLayout.MEMORY, Optional.empty());
    List<Outcome> found =
        TestCluster.onWorkers(
            count,
            worker ->
                scenario.run(TFloat64.class, count, WorkerLayout.MEMORY, Optional.of(worker)));
    Set<String> common = new HashSet<>(found.get(0).variables().keySet());
    Set<String> all = new HashSet<>();
    for (Outcome outcome : found) {
      common.retainAll(outcome.variables().keySet());
      all.addAll(outcome.variables().keySet());
    }
    assertThat(common).containsAll(WorkerModel.WEIGHTS);
    assertThat(all).isEqualTo(expected.variables().keySet());
    for (Outcome outcome : found) {
      outcome
          .variables()
          .forEach(
              (name, values) -> {
                if (common.contains(name)) {
                  assertThat(values).as(name).isEqualTo(found.get(0).variables().get(name));
                } else {
                  assertThat(holders(found, name)).as("holders of " + name).isEqualTo(1);
                }
                assertClose(
                    name,
                    comparable(name, values),
                    comparable(name, expected.variables().get(name)));
              });
      assertThat(outcome.health()).isEqualTo(expected.health());
      assertThat(outcome.variables().keySet()).isNotEqualTo(common);
    }
  }

  private static long holders(List<Outcome> found, String variable) {
    return found.stream().filter(each -> each.variables().containsKey(variable)).count();
  }

  /** Relative to the largest value, since a factor may be large. */
  private static void assertClose(String name, List<Double> found, List<Double> expected) {
    double scale = Math.max(1, expected.stream().mapToDouble(Math::abs).max().orElse(0));
    for (int i = 0; i < expected.size(); i++) {
      if (!found.get(i).equals(expected.get(i))) {
        assertThat(found.get(i)).as(name).isCloseTo(expected.get(i), within(TOLERANCE * scale));
      }
    }
  }

  /** Eigenvectors without their signs, which rounding decides. */
  private static List<Double> comparable(String name, List<Double> values) {
    return name.endsWith("_basis") ? values.stream().map(Math::abs).toList() : values;
  }

  @Test
  void eachWorkerSavesItsOwnPartAndGoesOnFromIt(@TempDir Path folder) {
    List<Boolean> equal =
        TestCluster.onWorkers(
            2,
            worker -> {
              Path own = folder.resolve("worker-" + worker.cluster().index());
              Map<String, List<Double>> uninterrupted =
                  train(worker, 0, 20, Optional.empty(), Optional.empty());
              train(worker, 0, 9, Optional.empty(), Optional.of(own));
              return train(worker, 9, 20, Optional.of(own), Optional.empty()).equals(uninterrupted);
            });
    assertThat(equal).containsExactly(true, true);
  }

  /** Some steps of a run, after a checkpoint or from the start, and what they leave. */
  private static Map<String, List<Double>> train(
      ClusterSession worker, int from, int to, Optional<Path> before, Optional<Path> after) {
    WorkerModel<TFloat64> model = new WorkerModel<>(TFloat64.class);
    try (var graph = model.graph) {
      Kfac optimizer =
          new Kfac(graph.graph, KfacOptions.nkfac().withPeriods(2, 5).withLearningRate(0.03));
      optimizer.acrossWorkers(worker.workers(), WorkerLayout.MEMORY);
      Op train = optimizer.minimize(model.loss);
      Checkpoint checkpoint = Checkpoint.of(graph.graph);
      graph.start(config -> worker.open(graph.graph, config));
      if (before.isPresent()) {
        checkpoint.restore(graph.session(), before.get());
        worker.agree(graph.session(), Map.of());
      } else {
        worker.initialize(graph.session());
      }
      int part = 4;
      int first = worker.cluster().index() * part;
      double[] all = new double[2 * part];
      Arrays.fill(all, 1);
      for (int step = from; step < to; step++) {
        model.feed(step, all, -1, first, first + part);
        graph.run(train);
      }
      after.ifPresent(path -> checkpoint.save(graph.session(), path, Map.of()));
      return graph.everyVariable();
    }
  }

  @Test
  void theCheckpointOfAnotherWorkerIsRejected(@TempDir Path folder) {
    List<String> messages =
        TestCluster.onWorkers(
            2,
            worker -> {
              int index = worker.cluster().index();
              train(worker, 0, 1, Optional.empty(), Optional.of(folder.resolve("w" + index)));
              WorkerModel<TFloat64> model = new WorkerModel<>(TFloat64.class);
              try (var graph = model.graph) {
                Kfac optimizer = kfac(model, KfacOptions.nkfac(), 2, 1 - index);
                optimizer.minimize(model.loss);
                Checkpoint checkpoint = Checkpoint.of(graph.graph);
                graph.start();
                try {
                  checkpoint.restore(graph.session(), folder.resolve("w" + index));
                  return "restored";
                } catch (CheckpointException e) {
                  return String.valueOf(e.getMessage());
                }
              }
            });
    assertThat(messages).allSatisfy(text -> assertThat(text).contains("of another model"));
  }

  private static Kfac kfac(WorkerModel<?> model, KfacOptions options, int count, int index) {
    Kfac optimizer = new Kfac(model.graph.graph, options);
    optimizer.acrossWorkers(
        new CollectiveWorkers(count, index, CollectiveHint.AUTO), WorkerLayout.MEMORY);
    return optimizer;
  }

  @Test
  void everyVariableOfALayerIsWithOneWorkerAndAllBuildTheSameExchanges() {
    Map<String, Integer> holders = new HashMap<>();
    Set<Long> exchanges = new HashSet<>();
    for (int index = 0; index < 3; index++) {
      WorkerModel<TFloat64> model = new WorkerModel<>(TFloat64.class);
      try (var graph = model.graph) {
        CollectiveWorkers workers = new CollectiveWorkers(3, index, CollectiveHint.AUTO);
        Kfac optimizer = new Kfac(graph.graph, KfacOptions.nkfac());
        optimizer.acrossWorkers(workers, WorkerLayout.MEMORY);
        optimizer.minimize(model.loss);
        exchanges.add(workers.exchanges());
        for (GraphVariable<?> variable : optimizer.stateVariables()) {
          if (variable.name().matches("kfac/.*/[AG](_inverse)?")) {
            holders.merge(variable.name(), 1, Integer::sum);
          }
        }
      }
    }
    assertThat(exchanges).hasSize(1);
    // A convolution, a table and four dense layers, with two factors each and an inverse of each.
    assertThat(holders).hasSize(4 * 6);
    assertThat(holders.values()).containsOnly(1);
  }

  /** A block of a user. */
  private record PlainBlock<T extends TNumber>(CapturedLayer<T> layer)
      implements CurvatureBlock<T> {

    @Override
    public Operand<T> precondition(Ops tf, Operand<T> gradient, StepScalars<T> step) {
      return gradient;
    }
  }

  @Test
  void whatEveryWorkerMustKeepIsRejectedByName() {
    assertRejected(KfacOptions.ekfac(), "found a re-estimated spectrum (EKFAC) for layer 'conv'");
    assertRejected(
        KfacOptions.kfac()
            .withApproximation(Approximation.of("plain", Damping.absolute(1e-3), PlainBlock::new)),
        "found blocks of the approximation 'plain' for layer 'conv'");
  }

  private static void assertRejected(KfacOptions options, String found) {
    for (int index = 0; index < 2; index++) {
      WorkerModel<TFloat64> model = new WorkerModel<>(TFloat64.class);
      try (var graph = model.graph) {
        Kfac optimizer = kfac(model, options, 2, index);
        assertThatThrownBy(() -> optimizer.minimize(model.loss))
            .hasMessageContaining(found)
            .hasMessageContaining("use WorkerLayout.COMMUNICATION");
      }
    }
  }

  @Test
  void aWorkerAloneBuildsTheSameGraph() {
    assertThat(nodes(WorkerLayout.MEMORY)).isEqualTo(nodes(WorkerLayout.COMMUNICATION));
  }

  private static String nodes(WorkerLayout layout) {
    WorkerModel<TFloat64> model = new WorkerModel<>(TFloat64.class);
    try (var graph = model.graph) {
      Kfac optimizer = new Kfac(graph.graph, KfacOptions.nkfac());
      optimizer.acrossWorkers(Workers.alone(), layout);
      optimizer.minimize(model.loss);
      return graph.graph.toGraphDef().toString();
    }
  }
}
