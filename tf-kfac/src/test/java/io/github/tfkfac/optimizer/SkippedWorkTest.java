package io.github.tfkfac.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.testing.TestGraph;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat64;

/**
 * What the graph's own switches turn off is not executed, whatever TensorFlow's graph optimizer
 * makes of the graph: for layers of every kind, and at steps where nothing, statistics alone, or a
 * refresh alone is due.
 */
class SkippedWorkTest {

  private static final int EXAMPLES = 3;
  private static final Shape IMAGES = Shape.of(EXAMPLES, 5, 5, 2);

  @Test
  void nothingIsExecutedThatTheSwitchesTurnOff() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Placeholder<TFloat64> x = graph.input(Shape.of(-1, 5, 5, 2));
      Operand<TFloat64> loss = network(graph, x);
      KfacOptions options = KfacOptions.nkfac().withPeriods(2, 3).strict();
      Kfac optimizer = new Kfac(graph.graph, options);
      Op train = optimizer.minimize(loss);
      assertThat(optimizer.layers()).hasSize(6);
      Map<String, Operand<TFloat64>> predicates = predicates(graph);
      graph.start();
      graph.feed(x, IMAGES, TestGraph.random(4, IMAGES.size()));
      for (int step = 0; step < 9; step++) {
        Set<String> off = turnedOff(graph, values(graph, predicates));
        Set<String> executed = new TreeSet<>(graph.executed(train));
        executed.retainAll(off);
        assertThat(off).as("operations turned off at step %d", step).hasSizeGreaterThan(100);
        assertThat(executed).as("executed at step %d though turned off", step).isEmpty();
      }
    }
  }

  /** Layers of every kind one after the other. */
  private static Operand<TFloat64> network(TestGraph<TFloat64> graph, Operand<TFloat64> x) {
    Ops tf = graph.tf;
    List<Long> once = List.of(1L, 1L, 1L, 1L);
    Operand<TFloat64> state =
        tf.nn.biasAdd(
            tf.nn.conv2d(x, graph.variable("conv", 1, Shape.of(3, 3, 2, 3)), once, "SAME"),
            graph.variable("conv_bias", 2, Shape.of(3)));
    state =
        tf.nn.conv2d(
            tf.math.tanh(state),
            graph.variable("strided", 3, Shape.of(2, 2, 3, 2)),
            List.of(1L, 2L, 2L, 1L),
            "VALID");
    state = tf.nn.conv2d(state, graph.variable("pointwise", 4, Shape.of(1, 1, 2, 2)), once, "SAME");
    state =
        tf.nn.depthwiseConv2dNative(
            state, graph.variable("depthwise", 5, Shape.of(2, 2, 2, 1)), once, "SAME");
    Operand<TFloat64> rows = tf.reshape(tf.math.tanh(state), tf.constant(new int[] {-1, 4, 2}));
    rows =
        tf.linalg.einsum(List.of(rows, graph.variable("einsum", 6, Shape.of(2, 3))), "abc,cd->abd");
    Operand<TFloat64> flat = tf.reshape(rows, tf.constant(new int[] {-1, 12}));
    Operand<TFloat64> output =
        tf.nn.biasAdd(
            tf.linalg.matMul(flat, graph.variable("dense", 7, Shape.of(12, 2))),
            graph.variable("dense_bias", 8, Shape.of(2)));
    return graph.halfSquare(output);
  }

  /** The predicate of every switch, by the switch's name. */
  private static Map<String, Operand<TFloat64>> predicates(TestGraph<TFloat64> graph) {
    Map<String, Output<?>> outputs = new LinkedHashMap<>();
    graph
        .graph
        .operations()
        .forEachRemaining(
            operation -> {
              if (operation.type().equals("Switch")) {
                outputs.put(operation.name(), operation.input(1));
              }
            });
    Map<String, Operand<TFloat64>> numbers = new LinkedHashMap<>();
    outputs.forEach(
        (name, predicate) ->
            numbers.put(name, graph.tf.dtypes.cast(predicate.expect(TBool.class), TFloat64.class)));
    return numbers;
  }

  private static Map<String, Boolean> values(
      TestGraph<TFloat64> graph, Map<String, Operand<TFloat64>> predicates) {
    List<double[]> numbers = graph.fetch(List.copyOf(predicates.values()));
    Map<String, Boolean> values = new HashMap<>();
    for (String name : predicates.keySet()) {
      values.put(name, numbers.get(values.size())[0] == 1);
    }
    return values;
  }

  /** Names of the operations that are dead by the rules of Switch and Merge. */
  private static Set<String> turnedOff(TestGraph<TFloat64> graph, Map<String, Boolean> predicates) {
    List<GraphOperation> operations = new ArrayList<>();
    graph.graph.operations().forEachRemaining(operations::add);
    Set<String> dead = new TreeSet<>();
    boolean grown = true;
    while (grown) {
      grown = false;
      for (GraphOperation operation : operations) {
        grown |= isDead(operation, predicates, dead) && dead.add(operation.name());
      }
    }
    operations.stream()
        .filter(operation -> operation.type().equals("Const"))
        .forEach(constant -> dead.remove(constant.name()));
    return dead;
  }

  private static boolean isDead(
      GraphOperation operation, Map<String, Boolean> predicates, Set<String> dead) {
    if (operation.type().equals("Merge")) {
      return operation.inputs().stream().allMatch(input -> isDead(input, predicates, dead));
    }
    return operation.inputs().stream().anyMatch(input -> isDead(input, predicates, dead))
        || operation.controlInputs().stream().map(Operation::name).anyMatch(dead::contains);
  }

  private static boolean isDead(
      Operand<?> input, Map<String, Boolean> predicates, Set<String> dead) {
    Output<?> output = input.asOutput();
    String name = output.op().name();
    boolean otherSide =
        output.op().type().equals("Switch")
            && output.index() != (predicates.getOrDefault(name, true) ? 1 : 0);
    return dead.contains(name) || otherSide;
  }
}
