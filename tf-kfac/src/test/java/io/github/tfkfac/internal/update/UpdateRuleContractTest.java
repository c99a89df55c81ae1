package io.github.tfkfac.internal.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.extension.StepScalars;
import io.github.tfkfac.extension.UpdateRule;
import io.github.tfkfac.testing.RuleCase;
import io.github.tfkfac.testing.TestGraph;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/** What every update rule promises. */
@ParameterizedClass
@MethodSource("rules")
class UpdateRuleContractTest {

  private static final int STEPS = 50;
  private static final double TOLERANCE = 1e-12;
  private static final double RATE = 0.03;
  private static final long SEED = 99;

  @Parameter RuleCase rule;

  static Stream<RuleCase> rules() {
    return RuleCase.all();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1})
  void weightAndSlotsFollowTheFormula(double decay) {
    int size = 6;
    Shape shape = Shape.of(size);
    double[] weight = TestGraph.random(SEED, size);
    double[] plainWeight = weight.clone();
    double[][] plainSlots = new double[rule.rule().slots().size()][size];
    try (Built built = new Built(shape, decay)) {
      double[][] slots = new double[plainSlots.length][size];
      for (int t = 1; t <= STEPS; t++) {
        // Large early directions make the largest second moment differ from the current one.
        double[] direction = TestGraph.random(SEED + t, size);
        for (int i = 0; i < size; i++) {
          direction[i] *= t < 5 ? 3 : 1;
        }
        List<double[]> next = built.step(weight, direction, slots, t - 1);
        weight = next.get(0);
        slots = next.subList(1, next.size()).toArray(double[][]::new);
        rule.plain().step(plainWeight, direction, plainSlots, t, RATE, decay);
        assertThat(weight)
            .as("seed %d, weight after step %d", SEED, t)
            .containsExactly(plainWeight, within(TOLERANCE));
        for (int i = 0; i < slots.length; i++) {
          assertThat(slots[i])
              .as("seed %d, %s after step %d", SEED, rule.rule().slots().get(i), t)
              .containsExactly(plainSlots[i], within(TOLERANCE));
        }
      }
    }
  }

  @Test
  void aFirstStepGoesAgainstTheDirection() {
    try (Built built = new Built(Shape.of(3), 0)) {
      List<double[]> next =
          built.step(new double[] {1, 1, 1}, new double[] {2, -0.5, 0}, built.zeroSlots(), 0);
      assertThat(next.get(0)[0]).isLessThan(1);
      assertThat(next.get(0)[1]).isGreaterThan(1);
      assertThat(next.get(0)[2]).isEqualTo(1);
    }
  }

  @Test
  void weightDecayAloneDrawsTheWeightToZero() {
    try (Built built = new Built(Shape.of(2), 0.5)) {
      List<double[]> next = built.step(new double[] {1, -2}, new double[2], built.zeroSlots(), 0);
      assertThat(next.get(0)[0]).isBetween(0.9, 1 - RATE * 0.4);
      assertThat(next.get(0)[1]).isBetween(-2 + RATE * 0.8, -1.8);
    }
  }

  @Test
  void everyResultHasTheShapeOfTheVariable() {
    for (Shape shape : List.of(Shape.scalar(), Shape.of(1), Shape.of(2, 3))) {
      try (Built built = new Built(shape, 0.1)) {
        assertThat(built.outputs).hasSize(1 + rule.rule().slots().size());
        assertThat(built.outputs).allSatisfy(o -> assertThat(o.shape()).isEqualTo(shape));
      }
    }
  }

  @Test
  void slotsHaveDistinctNames() {
    assertThat(rule.rule().slots()).doesNotHaveDuplicates().allMatch(n -> n.matches("[a-z0-9_]+"));
  }

  @Test
  void scalarsOfTheStepAreBuiltOnceForAllVariables() {
    try (Built built = new Built(Shape.of(3), 0.1)) {
      int first = built.operations().size();
      built.applyAgain();
      List<String> second = built.operations().subList(first, built.operations().size());
      assertThat(second)
          .contains("Sub")
          .doesNotContain("Const", "Cast", "Pow", "Floor", "FloorDiv", "Cos", "Switch")
          .noneMatch(type -> type.startsWith("Var") || type.startsWith("Assign"));
    }
  }

  @Test
  void aVariableWithoutDecayPaysNothingForIt() {
    try (Built plain = new Built(Shape.of(3), 0);
        Built decayed = new Built(Shape.of(3), 0.1)) {
      assertThat(plain.operations().size()).isLessThan(decayed.operations().size() - 1);
    }
  }

  /** The rule on fed values. */
  private final class Built implements AutoCloseable {
    private final TestGraph<TFloat64> graph = TestGraph.float64();
    private final Shape shape;
    private final Placeholder<TFloat64> updates;
    private final UpdateRule.Context<TFloat64> context;
    final List<Operand<TFloat64>> outputs = new ArrayList<>();

    Built(Shape shape, double decay) {
      this.shape = shape;
      updates = graph.input(Shape.scalar());
      Operand<TInt64> done = graph.tf.dtypes.cast(updates, TInt64.class);
      StepScalars<TFloat64> scalars = new StepScalars<>(graph.tf, done, done, TFloat64.class);
      List<Operand<TFloat64>> slots = new ArrayList<>();
      rule.rule().slots().forEach(name -> slots.add(graph.input(shape)));
      context =
          new UpdateRule.Context<>(
              graph.input(shape),
              graph.input(shape),
              slots,
              graph.tf.constant(RATE),
              decay == 0 ? Optional.empty() : Optional.of(graph.tf.constant(decay)),
              scalars);
      UpdateRule.Result<TFloat64> result = rule.rule().apply(graph.tf, context);
      outputs.add(result.weight());
      outputs.addAll(result.slots());
      graph.start();
    }

    void applyAgain() {
      rule.rule().apply(graph.tf, context);
    }

    double[][] zeroSlots() {
      return new double[rule.rule().slots().size()][Math.toIntExact(shape.size())];
    }

    List<double[]> step(double[] weight, double[] direction, double[][] slots, int updatesDone) {
      graph.feed(context.weight(), shape, weight);
      graph.feed(context.direction(), shape, direction);
      graph.feed(updates, Shape.scalar(), updatesDone);
      for (int i = 0; i < slots.length; i++) {
        graph.feed(context.slot(i), shape, slots[i]);
      }
      return graph.fetch(outputs);
    }

    /** The types of all operations, in the order of their creation. */
    List<String> operations() {
      List<String> types = new ArrayList<>();
      graph.graph.operations().forEachRemaining(o -> types.add(o.type()));
      return Collections.unmodifiableList(types);
    }

    @Override
    public void close() {
      graph.close();
    }
  }
}
