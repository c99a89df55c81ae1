package io.github.tfkfac.internal.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TestGraph.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat64;

class GateTest {

  private TestGraph<TFloat64> graph;
  private GraphVariable<TFloat64> counter;

  @BeforeEach
  void open() {
    graph = TestGraph.float64();
    counter = graph.declare(Kind.RESOURCE, "counter", Shape.scalar(), 0);
  }

  @AfterEach
  void close() {
    graph.close();
  }

  private Op add(Ops tf, double amount) {
    return tf.assignAddVariableOp(counter.output(), tf.constant(amount));
  }

  private Operand<TBool> isPositive(Operand<TFloat64> value) {
    return graph.tf.math.greater(value, graph.tf.constant(0.0));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theBodyRunsOnlyWhenThePredicateHolds(boolean taken) {
    Operand<TFloat64> choice = graph.input(Shape.scalar());
    Op gate = Gate.when(graph.tf, isPositive(choice), tf -> List.of(add(tf, 1), add(tf, 10)));
    graph.startOptimized();
    graph.feed(choice, Shape.scalar(), taken ? 1 : -1);
    graph.run(gate, 3);
    assertThat(graph.value("counter")).containsExactly(taken ? 33 : 0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatFollowsRunsEitherWayAndSeesTheBodysEffects(boolean taken) {
    Operand<TFloat64> choice = graph.input(Shape.scalar());
    Op gate =
        Gate.when(
            graph.tf,
            isPositive(choice),
            tf -> {
              Ops slow = tf;
              for (int i = 0; i < 200; i++) {
                slow = OrderedOps.after(slow, List.of(slow.noOp()));
              }
              return List.of(add(slow, 5));
            });
    Operand<TFloat64> seen = counter.read(OrderedOps.after(graph.tf, List.of(gate)));
    graph.startOptimized();
    graph.feed(choice, Shape.scalar(), taken ? 1 : -1);
    assertThat(graph.fetch(seen)).containsExactly(taken ? 5 : 0);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 11", "1, -1, 1", "-1, 1, 0", "-1, -1, 0"})
  void gatesNest(double outer, double inner, double expected) {
    Operand<TFloat64> outerChoice = graph.input(Shape.scalar());
    Operand<TFloat64> innerChoice = graph.input(Shape.scalar());
    Operand<TBool> innerTaken = isPositive(innerChoice);
    Op gate =
        Gate.when(
            graph.tf,
            isPositive(outerChoice),
            tf -> {
              Op nested = Gate.when(tf, innerTaken, deeper -> List.of(add(deeper, 10)));
              return List.of(add(OrderedOps.after(tf, List.of(nested)), 1));
            });
    graph.startOptimized();
    graph.feed(outerChoice, Shape.scalar(), outer);
    graph.feed(innerChoice, Shape.scalar(), inner);
    graph.run(gate);
    assertThat(graph.value("counter")).containsExactly(expected);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aValueThatIsPassedInKeepsWhatFollowsFromRunning(boolean taken) {
    Operand<TFloat64> choice = graph.input(Shape.scalar());
    Operand<TFloat64> x = graph.input(Shape.of(-1, 2));
    Operand<TBool> predicate = isPositive(choice);
    Operand<TFloat64> passed = Gate.pass(graph.tf, predicate, graph.tf.math.tanh(x));
    Op gate =
        Gate.when(
            graph.tf,
            predicate,
            tf -> {
              // A reshape that TensorFlow removes, with its control dependency.
              Operand<TFloat64> rows = tf.reshape(passed, tf.constant(new int[] {-1, 2}));
              Operand<TFloat64> product = tf.linalg.matMul(rows, rows, MatMul.transposeA(true));
              Operand<TFloat64> total =
                  tf.reduceSum(tf.reshape(product, tf.constant(new int[] {-1})), tf.constant(0));
              return List.of(tf.assignAddVariableOp(counter.output(), total));
            });
    graph.startOptimized();
    graph.feed(choice, Shape.scalar(), taken ? 1 : -1);
    graph.feed(x, Shape.of(1, 2), 1, 2);
    assertThat(graph.executed(gate).contains("MatMul")).isEqualTo(taken);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void onlyThePartThatIsChosenRuns(boolean first) {
    Operand<TFloat64> choice = graph.input(Shape.scalar());
    Operand<TFloat64> x = graph.input(Shape.of(2, 2));
    List<Operand<TFloat64>> chosen =
        Gate.choose(
            graph.tf,
            isPositive(choice),
            List.of(x),
            (tf, in) -> List.of(tf.linalg.matMul(in.get(0), in.get(0)), tf.constant(1.0)),
            (tf, in) -> List.of(tf.linalg.cholesky(in.get(0)), tf.constant(2.0)));
    Op target = graph.tf.identity(chosen.get(0));
    graph.startOptimized();
    graph.feed(choice, Shape.scalar(), first ? 1 : -1);
    graph.feed(x, Shape.of(2, 2), 4, 0, 0, 9);
    assertThat(chosen.get(0).shape()).isEqualTo(Shape.of(2, 2));
    assertThat(graph.fetch(chosen.get(0))).containsExactly(first ? 16 : 2, 0, 0, first ? 81 : 3);
    assertThat(graph.fetch(chosen.get(1))).containsExactly(first ? 1 : 2);
    List<String> executed = graph.executed(target);
    assertThat(executed.contains("MatMul")).isEqualTo(first);
    assertThat(executed.contains("Cholesky")).isEqualTo(!first);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 5", "1, -1, 6", "-1, 1, 7"})
  void choicesNest(double outer, double inner, double expected) {
    Operand<TFloat64> outerChoice = graph.input(Shape.scalar());
    Operand<TFloat64> innerChoice = graph.input(Shape.scalar());
    List<Operand<TFloat64>> chosen =
        Gate.choose(
            graph.tf,
            isPositive(outerChoice),
            List.of(innerChoice),
            (tf, in) ->
                Gate.choose(
                    tf,
                    tf.math.greater(in.get(0), tf.constant(0.0)),
                    in,
                    (deeper, value) -> List.of(deeper.constant(5.0)),
                    (deeper, value) -> List.of(deeper.constant(6.0))),
            (tf, in) -> List.of(tf.constant(7.0)));
    graph.startOptimized();
    graph.feed(outerChoice, Shape.scalar(), outer);
    graph.feed(innerChoice, Shape.scalar(), inner);
    assertThat(graph.fetch(chosen.get(0))).containsExactly(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void aChainRunsItsStepsInOrder(int items) {
    GraphVariable<TFloat64> digits = graph.declare(Kind.RESOURCE, "digits", Shape.scalar(), 0);
    List<Integer> numbers = new ArrayList<>();
    for (int i = 1; i <= items; i++) {
      numbers.add(i);
    }
    List<Op> all =
        OrderedOps.chain(
            graph.tf,
            numbers,
            (tf, number) -> {
              Operand<TFloat64> before = digits.read(tf);
              Operand<TFloat64> after =
                  tf.math.add(tf.math.mul(before, tf.constant(10.0)), tf.constant((double) number));
              return List.of(digits.assign(tf, after));
            });
    Op group = OrderedOps.group(graph.tf, all);
    graph.startOptimized();
    graph.run(group);
    assertThat(graph.value("digits")).containsExactly(items == 1 ? 1 : 1234);
  }
}
