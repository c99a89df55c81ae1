package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.ClusterSession;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.WorkerLayout;
import io.github.tfkfac.testing.TestCluster;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TestGraph.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat64;

/** A layer whose second moments are sent in halves. */
class WideLayerTest {

  private static final int INPUTS = 1030;
  private static final int OUTPUTS = 2;
  private static final int PART = 3;
  private static final int STEPS = 4;
  private static final double TOLERANCE = 1e-10;

  @ParameterizedTest
  @EnumSource
  void twoWorkersAreOneProcess(WorkerLayout layout) {
    List<Double> expected = weights(layout, Optional.empty());
    TestCluster.onWorkers(2, worker -> weights(layout, Optional.of(worker)))
        .forEach(
            found -> {
              for (int i = 0; i < expected.size(); i++) {
                assertThat(found.get(i)).isCloseTo(expected.get(i), within(TOLERANCE));
              }
            });
  }

  private static List<Double> weights(WorkerLayout layout, Optional<ClusterSession> worker) {
    try (TestGraph<TFloat64> graph = new TestGraph<>(TFloat64.class, Kind.REFERENCE)) {
      Ops tf = graph.tf;
      Placeholder<TFloat64> inputs = graph.input(Shape.of(-1, INPUTS));
      Placeholder<TFloat64> targets = graph.input(Shape.of(-1, OUTPUTS));
      Operand<TFloat64> outputs =
          tf.linalg.matMul(inputs, graph.variable("wide", 0, Shape.of(INPUTS, OUTPUTS)));
      Operand<TFloat64> loss =
          tf.math.div(
              graph.sum(tf.math.square(tf.math.sub(outputs, targets))),
              tf.dtypes.cast(
                  tf.gather(tf.shape(inputs), tf.constant(0), tf.constant(0)), TFloat64.class));
      Kfac optimizer =
          new Kfac(
              graph.graph, KfacOptions.kfacTikhonov().withPeriods(1, 2).withLearningRate(0.01));
      worker.ifPresent(own -> optimizer.acrossWorkers(own.workers(), layout));
      Op train = optimizer.minimize(loss);
      if (worker.isPresent()) {
        graph.start(config -> worker.get().open(graph.graph, config));
        worker.get().initialize(graph.session());
      } else {
        graph.start();
      }
      int from = worker.map(own -> own.cluster().index() * PART).orElse(0);
      int to = worker.isPresent() ? from + PART : 2 * PART;
      for (int step = 0; step < STEPS; step++) {
        feed(graph, inputs, INPUTS, 2L * step, from, to);
        feed(graph, targets, OUTPUTS, 2L * step + 1, from, to);
        graph.run(train);
      }
      return graph.everyVariable().get("wide");
    }
  }

  private static void feed(
      TestGraph<TFloat64> graph,
      Placeholder<TFloat64> place,
      int width,
      long seed,
      int from,
      int to) {
    double[] whole = TestGraph.random(seed, 2L * PART * width);
    graph.feed(
        place, Shape.of(to - from, width), Arrays.copyOfRange(whole, from * width, to * width));
  }
}
