package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.Stage;
import io.github.tfkfac.StageTimes;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TinyMlp;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat64;

class StageTimesTest {

  private static final int EXAMPLES = 6;
  private static final int STEPS = 5;
  private static final KfacOptions EKFAC = KfacOptions.ekfac().withPeriods(2, 3);

  @Test
  void timesChangeNothing() {
    Map<String, List<Double>> expected;
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Kfac optimizer = new Kfac(graph.graph, EKFAC);
      Op train = optimizer.minimize(mlp.loss);
      assertThat(optimizer.stageTimes()).isEmpty();
      assertThatThrownBy(optimizer::timeStages).hasMessageContaining("before minimize");
      graph.start();
      mlp.feedBatch(1, EXAMPLES);
      graph.run(train, STEPS);
      expected = graph.everyVariable();
    }
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Kfac optimizer = new Kfac(graph.graph, EKFAC);
      StageTimes times = optimizer.timeStages();
      assertThatThrownBy(times::ends).hasMessageContaining("call minimize");
      Op train = optimizer.minimize(mlp.loss);
      graph.startOptimized();
      mlp.feedBatch(1, EXAMPLES);
      graph.run(train, STEPS);
      assertThat(graph.everyVariable()).isEqualTo(expected);
      assertThat(graph.runAndFetch(train, times.ends())).hasSize(Stage.values().length).isSorted();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void everyStageLiesBetweenTheTimesOfItsEnds(int microBatches) {
    KfacOptions preset = KfacOptions.kfacTikhonov().withPeriods(2, 3);
    KfacOptions options = preset.withTraining(given -> given.withAccumulation(microBatches));
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Kfac optimizer = new Kfac(graph.graph, options);
      StageTimes times = optimizer.timeStages();
      Op train = optimizer.minimize(mlp.loss);
      Order order = new Order(graph, train, times);
      assertThat(order.assignments("kfac/w1/A")).isNotEmpty();
      for (String factor : List.of("kfac/w1/A", "kfac/w2/G")) {
        order.assertBetween(factor, 0, 1);
        order.assertBetween(factor + "_inverse", 1, 2);
      }
      for (String variable : TinyMlp.VARIABLES) {
        order.assertBetween(variable, 3, 4);
      }
      graph.start();
      mlp.feedBatch(1, EXAMPLES);
      graph.run(train, microBatches - 1);
      assertThat(graph.runAndFetch(train, times.ends())).hasSize(5).isSorted();
    }
  }

  @Test
  void secondsAreTheDifferences() {
    try (TestGraph<TFloat64> graph = TestGraph.float64();
        TFloat64 ends =
            TFloat64.tensorOf(
                NdArrays.wrap(
                    Shape.of(5), DataBuffers.of(new double[] {3, 3.5, 3.5, 4, 6}, false, false)))) {
      Kfac optimizer = new Kfac(graph.graph, KfacOptions.nkfac());
      StageTimes times = optimizer.timeStages();
      optimizer.minimize(new TinyMlp<>(graph).loss);
      assertThat(times.seconds(ends, 1))
          .isEqualTo(
              Map.of(
                  Stage.FORWARD_BACKWARD, 2.0,
                  Stage.STATISTICS, 0.5,
                  Stage.REFRESH, 0.0,
                  Stage.DIRECTIONS, 0.5,
                  Stage.UPDATE, 2.0));
    }
  }

  /** What runs before what in a graph, by its edges. */
  private static final class Order {
    private final Map<String, NodeDef> nodes = new HashMap<>();
    private final String step;
    private final List<String> ends;

    Order(TestGraph<?> graph, Op train, StageTimes times) {
      graph.graph.toGraphDef().getNodeList().forEach(node -> nodes.put(node.getName(), node));
      step = train.op().name();
      ends =
          nodes.get(times.ends().op().name()).getInputList().stream().map(Order::source).toList();
    }

    /** The operations that assign a variable in training. */
    List<String> assignments(String variable) {
      Set<String> trained = before(step);
      return nodes.values().stream()
          .filter(node -> node.getOp().startsWith("Assign"))
          .filter(node -> source(node.getInput(0)).equals(variable))
          .map(NodeDef::getName)
          .filter(trained::contains)
          .toList();
    }

    void assertBetween(String variable, int from, int to) {
      for (String assignment : assignments(variable)) {
        assertThat(before(assignment)).as(variable).contains(ends.get(from));
        assertThat(before(ends.get(to))).as(variable).contains(assignment);
      }
    }

    private Set<String> before(String node) {
      Set<String> found = new HashSet<>();
      Deque<String> open = new ArrayDeque<>(List.of(node));
      while (!open.isEmpty()) {
        NodeDef next = nodes.get(open.remove());
        next.getInputList().stream().map(Order::source).filter(found::add).forEach(open::add);
      }
      return found;
    }

    private static String source(String input) {
      String name = input.startsWith("^") ? input.substring(1) : input;
      return Arrays.asList(name.split(":", -1)).get(0);
    }
  }
}
