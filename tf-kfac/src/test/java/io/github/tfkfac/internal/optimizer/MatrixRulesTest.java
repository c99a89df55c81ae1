package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.AdamW;
import io.github.tfkfac.Checkpoint;
import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.Folding;
import io.github.tfkfac.Muon;
import io.github.tfkfac.RefreshPolicy;
import io.github.tfkfac.Shampoo;
import io.github.tfkfac.Shampoo.Grafting;
import io.github.tfkfac.Shampoo.Root;
import io.github.tfkfac.Soap;
import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.extension.UpdateRule;
import io.github.tfkfac.extension.UpdateRules;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TestGraph.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/** Muon, Shampoo and SOAP in a training step: state, guards, periods, and what is no matrix. */
class MatrixRulesTest {

  private static final int PERIOD = 3;
  private static final double RATE = 0.02;

  private static final Map<String, Shape> SHAPES = new LinkedHashMap<>();

  static {
    SHAPES.put("matrix", Shape.of(4, 3));
    SHAPES.put("kernel", Shape.of(2, 1, 2, 3));
    SHAPES.put("bias", Shape.of(3));
    SHAPES.put("scale", Shape.scalar());
  }

  enum Rules {
    MUON(Muon.standard()),
    MUON_BFLOAT16(Muon.standard().withIteration(Muon.Iteration.BFLOAT16)),
    SHAMPOO(shampoo()),
    SHAMPOO_STAGGERED(
        shampoo().withRefreshes(RefreshPolicy.exactEvery(PERIOD).staggered()).withLargestBlock(2)),
    SHAMPOO_NEWTON(
        shampoo()
            .withRoot(Root.COUPLED_NEWTON)
            .withFolding(Folding.AXES)
            .withGrafting(Grafting.SGD)),
    SHAMPOO_ALONE(shampoo().withDecays(0, 1).withGrafting(Grafting.NONE)),
    SOAP(soap()),
    SOAP_STAGGERED(
        soap()
            .withRefreshes(RefreshPolicy.exactEvery(PERIOD).staggered())
            .withFolding(Folding.MATRIX));

    @SuppressWarnings("ImmutableEnumChecker") // a record
    private final UpdateRules rules;

    Rules(UpdateRules rules) {
      this.rules = rules;
    }

    private static Shampoo shampoo() {
      return Shampoo.standard().withRefreshes(RefreshPolicy.exactEvery(PERIOD)).withEpsilon(1e-6);
    }

    private static Soap soap() {
      return Soap.standard().withRefreshes(RefreshPolicy.exactEvery(PERIOD));
    }
  }

  /** Half the squared distance of variables of both kinds from fed values. */
  private static final class Run<T extends TNumber> implements AutoCloseable {
    final TestGraph<T> graph;
    final Map<String, Placeholder<T>> targets = new LinkedHashMap<>();
    final FirstOrder optimizer;
    final Op train;
    final Operand<T> loss;
    final Checkpoint checkpoint;

    Run(Class<T> type, UpdateRules rules) {
      graph = new TestGraph<>(type, Kind.REFERENCE);
      Operand<T> sum = graph.constant(Shape.scalar(), 0);
      for (String name : SHAPES.keySet()) {
        Shape shape = SHAPES.get(name);
        Kind kind = name.equals("kernel") ? Kind.RESOURCE : Kind.REFERENCE;
        double[] start = TestGraph.random(name.length(), shape.size());
        Operand<T> weight = graph.read(graph.declare(kind, name, shape, start));
        Placeholder<T> target = graph.input(shape);
        targets.put(name, target);
        sum = graph.tf.math.add(sum, graph.halfSquare(graph.tf.math.sub(weight, target)));
      }
      loss = sum;
      optimizer = new FirstOrder(graph.graph, TrainingOptions.muon(RATE, 0.1).withRule(rules));
      train = optimizer.minimize(loss);
      checkpoint = Checkpoint.of(graph.graph);
      graph.start();
    }

    void feed(int step) {
      targets.forEach(
          (name, target) -> {
            Shape shape = SHAPES.get(name);
            graph.feed(target, shape, TestGraph.random(31L * step + name.length(), shape.size()));
          });
    }

    void steps(int from, int to) {
      for (int step = from; step < to; step++) {
        feed(step);
        graph.run(train);
      }
    }

    void breakTarget(String name, double value) {
      double[] values = new double[Math.toIntExact(SHAPES.get(name).size())];
      Arrays.fill(values, 1);
      values[values.length - 1] = value;
      graph.feed(targets.get(name), SHAPES.get(name), values);
    }

    @Override
    public void close() {
      graph.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRestoredRunContinuesBitForBit(Rules rules, @TempDir Path folder) {
    Path saved = folder.resolve("saved");
    Map<String, List<Double>> expected;
    try (Run<TFloat32> run = new Run<>(TFloat32.class, rules.rules)) {
      run.steps(0, 5);
      run.checkpoint.save(run.graph.session(), saved, Map.of());
      run.steps(5, 12);
      expected = run.graph.everyVariable();
    }
    try (Run<TFloat32> run = new Run<>(TFloat32.class, rules.rules)) {
      run.steps(0, 2);
      run.checkpoint.restore(run.graph.session(), saved);
      run.steps(5, 12);
      assertThat(run.graph.everyVariable()).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBadGradientChangesCountersOnly(Rules rules) {
    try (Run<TFloat32> run = new Run<>(TFloat32.class, rules.rules)) {
      List<String> names = new ArrayList<>(SHAPES.keySet());
      // At the first step, and later at steps of which some renew roots and bases.
      for (int step = 0; step < 12; step++) {
        run.feed(step);
        if (step % 2 == 0) {
          Map<String, List<Double>> before = run.graph.everyVariable();
          run.breakTarget(
              names.get(step / 2 % names.size()),
              step % 4 == 0 ? Double.NaN : Double.NEGATIVE_INFINITY);
          run.graph.run(run.train);
          Map<String, List<Double>> after = run.graph.everyVariable();
          after.entrySet().removeAll(before.entrySet());
          assertThat(after.keySet())
              .isEqualTo(Set.of("first_order/step", "first_order/skipped_steps"));
        } else {
          run.graph.run(run.train);
        }
        assertThat(run.graph.everyVariable().values())
            .allSatisfy(values -> assertThat(values).allMatch(Double::isFinite));
      }
      TrainingHealth health = run.optimizer.health(run.graph.session());
      assertThat(health.appliedUpdates()).isEqualTo(6);
      assertThat(health.skippedSteps()).isEqualTo(6);
    }
  }

  @ParameterizedTest
  @EnumSource
  void skippedStepsLeaveNoTrace(Rules rules) {
    try (Run<TFloat64> run = new Run<>(TFloat64.class, rules.rules);
        Run<TFloat64> broken = new Run<>(TFloat64.class, rules.rules)) {
      for (int step = 0; step < 8; step++) {
        run.feed(step);
        run.graph.run(run.train);
        broken.breakTarget("bias", Double.NaN);
        List.of("matrix", "kernel", "scale").forEach(name -> broken.breakTarget(name, 0));
        broken.graph.run(broken.train);
        broken.feed(step);
        broken.graph.run(broken.train);
      }
      Map<String, List<Double>> expected = run.graph.everyVariable();
      Map<String, List<Double>> found = broken.graph.everyVariable();
      List.of("first_order/step", "first_order/skipped_steps")
          .forEach(
              counter -> {
                expected.remove(counter);
                found.remove(counter);
              });
      assertThat(found).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theDistanceFromATargetFalls(Rules rules) {
    try (Run<TFloat32> run = new Run<>(TFloat32.class, rules.rules)) {
      run.feed(99);
      double before = run.graph.fetch(run.loss)[0];
      run.graph.run(run.train, 60);
      assertThat(run.graph.fetch(run.loss)[0]).isLessThan(0.7 * before);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aGradientOfZeroIsNoDirection(Rules rules) {
    try (Run<TFloat32> run = new Run<>(TFloat32.class, rules.rules)) {
      SHAPES.forEach(
          (name, shape) -> run.graph.feed(run.targets.get(name), shape, run.graph.value(name)));
      Map<String, List<Double>> before = run.graph.everyVariable();
      run.graph.run(run.train);
      SHAPES
          .keySet()
          .forEach(
              name -> {
                List<Double> after = run.graph.everyVariable().get(name);
                for (int i = 0; i < after.size(); i++) {
                  // The decay alone; SOAP's first update has none.
                  double rate = rules.name().startsWith("SOAP") ? 0 : RATE * 0.1;
                  double expected = before.get(name).get(i) * (1 - rate);
                  assertThat(after.get(i)).isCloseTo(expected, within(1e-6));
                }
              });
    }
  }

  @Test
  void rootsAndBasesAreComputedWhenTheyAreDue() {
    assertThat(stepsWith("SelfAdjointEigV2", Rules.SHAMPOO)).containsExactly(2, 5, 8);
    assertThat(stepsWith("SelfAdjointEigV2", Rules.SHAMPOO_STAGGERED))
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(stepsWith("SelfAdjointEigV2", Rules.SOAP)).containsExactly(0);
    assertThat(stepsWith("Qr", Rules.SOAP)).containsExactly(3, 6, 9);
    assertThat(stepsWith("Qr", Rules.SOAP_STAGGERED)).containsExactly(2, 3, 5, 6, 8, 9);
    assertThat(stepsWith("SelfAdjointEigV2", Rules.SHAMPOO_NEWTON)).isEmpty();
  }

  /** The steps of the first ten that run an operation of a type. */
  private static List<Integer> stepsWith(String type, Rules rules) {
    try (Run<TFloat32> run = new Run<>(TFloat32.class, rules.rules)) {
      Set<String> names =
          run.graph.graph.toGraphDef().getNodeList().stream()
              .filter(node -> node.getOp().equals(type))
              .map(node -> node.getName())
              .collect(Collectors.toSet());
      List<Integer> steps = new ArrayList<>();
      for (int step = 0; step < 10; step++) {
        run.feed(step);
        if (run.graph.executed(run.train).stream().anyMatch(names::contains)) {
          steps.add(step);
        }
      }
      return steps;
    }
  }

  @Test
  void muonTakesMatricesAndKernelsAndLeavesTheRestToAnotherRule() {
    Muon muon = Muon.standard().withOthersFor("embedding/*").withOthersFor("head/kernel");
    for (Shape matrix : List.of(Shape.of(2, 2), Shape.of(3, 3, 4, 8), Shape.of(3, 3, 3, 2, 5))) {
      assertThat(muon.of("hidden", matrix, 0).slots()).containsExactly("momentum");
    }
    for (Shape other : List.of(Shape.scalar(), Shape.of(7), Shape.of(1, 7), Shape.of(3, 2, 1))) {
      assertThat(muon.of("hidden", other, 0)).isEqualTo(AdamW.standard());
    }
    assertThat(muon.of("embedding/table", Shape.of(9, 4), 0)).isEqualTo(AdamW.standard());
    assertThat(muon.of("head/kernel", Shape.of(9, 4), 0)).isEqualTo(AdamW.standard());
  }

  @Test
  void aPatternOfMuonsThatMatchesNoVariableIsNamed() {
    UpdateRules muon = Muon.standard().withOthersFor("kernel", "head/*");
    assertThatThrownBy(() -> new Run<>(TFloat32.class, muon).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "expected the pattern 'head/*' (other rule) to match a layer's weight, found none among:"
                + " matrix, kernel, bias, scale;");
  }

  @Test
  void aKernelIsTheMatrixOfAllItsAxesButTheLast() {
    UpdateRules rules = Muon.standard();
    double[] asKernel = trained(Shape.of(2, 3, 2, 4), rules);
    assertThat(asKernel).isEqualTo(trained(Shape.of(12, 4), rules));
    assertThat(trained(Shape.of(2, 3, 2, 4), Rules.SHAMPOO.rules))
        .isEqualTo(trained(Shape.of(12, 4), Rules.SHAMPOO.rules));
    assertThat(trained(Shape.of(2, 3, 2, 4), Rules.SHAMPOO_NEWTON.rules))
        .isNotEqualTo(trained(Shape.of(12, 4), Rules.SHAMPOO_NEWTON.rules));
  }

  private static double[] trained(Shape shape, UpdateRules rules) {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> weight = graph.variable("w", 3, shape);
      double[] target = TestGraph.random(4, shape.size());
      Operand<TFloat64> far = graph.tf.math.sub(weight, graph.constant(shape, target));
      Op train =
          new FirstOrder(graph.graph, TrainingOptions.muon(RATE, 0.1).withRule(rules))
              .minimize(graph.halfSquare(graph.tf.math.mul(far, far)));
      graph.start();
      graph.run(train, 7);
      return graph.value("w");
    }
  }

  @Test
  void slotsHaveDistinctNamesAndKnownShapes() {
    for (Rules rules : Rules.values()) {
      SHAPES.forEach(
          (name, shape) -> {
            UpdateRule rule = rules.rules.of(name, shape, 1);
            assertThat(rule.slots()).doesNotHaveDuplicates().allMatch(n -> n.matches("[a-z0-9_]+"));
          });
    }
    UpdateRule blocks = Shampoo.standard().withLargestBlock(3).of("w", Shape.of(4, 3), 0);
    assertThat(blocks.slots())
        .containsExactly(
            "factor0", "factor1", "factor2", "factor3", "root0", "root1", "root2", "root3",
            "moment1", "moment2");
    assertThat(blocks.slotShape("root2", Shape.of(4, 3))).isEqualTo(Shape.of(1, 1));
  }

  @Test
  void numbersOutsideOfTheirRangeAreRejected() {
    assertThatThrownBy(() -> Muon.standard().withMomentum(1))
        .hasMessage("expected momentum in [0, 1), found 1.0");
    assertThatThrownBy(() -> Muon.standard().withSteps(0))
        .hasMessage("expected number of Newton-Schulz steps > 0, found 0.0");
    assertThatThrownBy(() -> Shampoo.standard().withDecays(0.9, 0))
        .hasMessage("expected beta2 in (0, 1], found 0.0");
    assertThatThrownBy(() -> Shampoo.standard().withEpsilon(0))
        .hasMessage("expected epsilon > 0, found 0.0");
    assertThatThrownBy(() -> Shampoo.standard().withLargestBlock(0))
        .hasMessage("expected length of the largest block > 0, found 0.0");
    assertThatThrownBy(() -> Soap.standard().withFactorDecay(1))
        .hasMessage("expected factorBeta in [0, 1), found 1.0");
    assertThatThrownBy(() -> Soap.standard().withLongestAxis(0))
        .hasMessage("expected length of the longest axis > 0, found 0.0");
  }
}
