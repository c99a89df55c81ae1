package example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.Momentum;
import io.github.tfkfac.ParameterGroups;
import io.github.tfkfac.Schedule;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.extension.UpdateRule;
import io.github.tfkfac.extension.UpdateRules;
import io.github.tfkfac.testing.TestGraph;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/** Update rules of a user. */
class OwnUpdateRuleTest {

  /** Moves by the sign of an average of the directions. */
  private record SignOfAverage(Schedule decay) implements UpdateRule {
    @Override
    public List<String> slots() {
      return List.of("average");
    }

    @Override
    public <T extends TNumber> Result<T> apply(Ops tf, Context<T> context) {
      Operand<T> average =
          tf.math.add(
              tf.math.mul(context.slot(0), context.at(decay)), context.decayedDirection(tf));
      Operand<T> change = tf.math.mul(context.learningRate(), tf.math.sign(average));
      return new Result<>(tf.math.sub(context.weight(), change), List.of(average));
    }
  }

  private record WrongSlots() implements UpdateRule {
    @Override
    public List<String> slots() {
      return List.of("first", "second");
    }

    @Override
    public <T extends TNumber> Result<T> apply(Ops tf, Context<T> context) {
      return new Result<>(context.weight(), List.of(context.slot(0)));
    }
  }

  private record WrongShape() implements UpdateRule {
    @Override
    public List<String> slots() {
      return List.of("total");
    }

    @Override
    public <T extends TNumber> Result<T> apply(Ops tf, Context<T> context) {
      return new Result<>(context.weight(), List.of(context.learningRate()));
    }
  }

  @Test
  void aRuleOfAFewLinesTrains() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Op train = minimize(graph, new SignOfAverage(Schedule.stepDecay(0.5, 0.5, 1)));
      graph.start();
      graph.run(train, 2);
      // The gradient is the weight: averages (3, -2), then (2.9, -1.9) + (3, -2) / 4.
      assertThat(graph.value("first_order/w/average")).containsExactly(3.65, -2.4);
      assertThat(graph.value("w")).containsExactly(3 - 0.1 - 0.1, -2 + 0.1 + 0.1);
    }
  }

  @Test
  void aRuleThatForgetsASlotIsRejected() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      assertThatThrownBy(() -> minimize(graph, new WrongSlots()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "expected a new value of each slot [first, second] of 'w', found 1 values; correct the"
                  + " result of WrongSlots[]");
    }
  }

  @Test
  void aRuleThatChangesAShapeIsRejected() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      assertThatThrownBy(() -> minimize(graph, new WrongShape()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "expected a new value of shape [2] for 'first_order/w/total', found []; correct the"
                  + " result of WrongShape[]");
    }
  }

  @Test
  void aVariableWithoutARuleOrAGroupIsNamed() {
    Map<String, UpdateRule> rules = Map.of("v", new Momentum(0.9));
    Map<String, ParameterGroups.Settings> groups = Map.of();
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      assertThatThrownBy(() -> minimize(graph, (name, shape, number) -> rules.get(name)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "expected an update rule for every trained variable, found none for 'w'; give it one,"
                  + " or exclude it with a variable filter");
    }
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TrainingOptions options =
          TrainingOptions.sgdm(0.1, 0).withGroups((name, shape) -> groups.get(name));
      Operand<TFloat64> w = graph.variable("w", Shape.of(2), 3, -2);
      assertThatThrownBy(() -> new FirstOrder(graph.graph, options).minimize(graph.halfSquare(w)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("expected settings of a parameter group for every");
    }
  }

  private static Op minimize(TestGraph<TFloat64> graph, UpdateRules rule) {
    Operand<TFloat64> w = graph.variable("w", Shape.of(2), 3, -2);
    return new FirstOrder(graph.graph, TrainingOptions.sgdm(0.1, 0).withRule(rule))
        .minimize(graph.halfSquare(w));
  }
}
