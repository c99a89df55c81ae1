package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.testing.TestGraph;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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
      List<Node> nodes = new ArrayList<>();
      graph.graph.operations().forEachRemaining(operation -> nodes.add(Node.of(operation)));
      graph.startOptimized();
      graph.feed(x, IMAGES, TestGraph.random(4, IMAGES.size()));
      for (int step = 0; step < 7; step++) {
        Set<String> off = turnedOff(graph, nodes, predicates);
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

  /**
   * Names of the operations that are dead by the rules of Switch and Merge at the current step.
   *
   * <p>A predicate behind another switch can be asked for only when that switch lets it live, so
   * they are found out from the outside to the inside.
   */
  private static Set<String> turnedOff(
      TestGraph<TFloat64> graph, List<Node> nodes, Map<String, Operand<TFloat64>> predicates) {
    Map<String, Boolean> known = new HashMap<>();
    while (true) {
      Set<String> dead = dead(nodes, known);
      List<String> next =
          predicates.keySet().stream()
              .filter(name -> !known.containsKey(name))
              .filter(name -> !dead.contains(predicates.get(name).op().name()))
              .toList();
      if (next.isEmpty()) {
        nodes.stream().filter(Node::isConstant).map(Node::name).forEach(dead::remove);
        return dead;
      }
      List<double[]> values = graph.fetch(next.stream().map(predicates::get).toList());
      for (int i = 0; i < next.size(); i++) {
        known.put(next.get(i), values.get(i)[0] == 1);
      }
    }
  }

  /** What is dead when both sides of a switch are whose predicate is not known. */
  private static Set<String> dead(List<Node> nodes, Map<String, Boolean> known) {
    Set<String> dead = new HashSet<>();
    int before = -1;
    while (dead.size() > before) {
      before = dead.size();
      for (Node node : nodes) {
        if (node.isDead(known, dead)) {
          dead.add(node.name());
        }
      }
    }
    return dead;
  }

  /** An operation with its inputs. */
  private record Node(String name, String type, List<Edge> inputs, List<String> controls) {

    record Edge(String source, boolean fromSwitch, int index) {

      boolean isDead(Map<String, Boolean> known, Set<String> dead) {
        if (dead.contains(source) || !fromSwitch) {
          return dead.contains(source);
        }
        Boolean value = known.get(source);
        return value == null || index != (value ? 1 : 0);
      }
    }

    static Node of(GraphOperation operation) {
      List<Edge> inputs = new ArrayList<>();
      for (Operand<?> input : operation.inputs()) {
        Output<?> output = input.asOutput();
        boolean fromSwitch = output.op().type().equals("Switch");
        inputs.add(new Edge(output.op().name(), fromSwitch, output.index()));
      }
      return new Node(
          operation.name(),
          operation.type(),
          inputs,
          operation.controlInputs().stream().map(Operation::name).toList());
    }

    boolean isConstant() {
      return type.equals("Const");
    }

    boolean isDead(Map<String, Boolean> known, Set<String> dead) {
      if (type.equals("Merge")) {
        return inputs.stream().allMatch(input -> input.isDead(known, dead));
      }
      return inputs.stream().anyMatch(input -> input.isDead(known, dead))
          || controls.stream().anyMatch(dead::contains);
    }
  }
}
