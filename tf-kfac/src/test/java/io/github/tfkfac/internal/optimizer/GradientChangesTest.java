package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.GradientClipping;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.Momentum;
import io.github.tfkfac.ParameterGroups;
import io.github.tfkfac.Schedule;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TinyMlp;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.framework.optimizers.Optimizer.GradAndVar;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/** What may happen to a gradient between the loss and the variable: users, clipping, groups. */
class GradientChangesTest {

  private static final int EXAMPLES = 5;
  private static final double EXACT = 1e-12;
  private static final double RATE = 0.5;

  /** Plain gradient descent, so that a variable's change is its gradient. */
  private static TrainingOptions descent() {
    return TrainingOptions.sgdm(RATE, 0).withRule(new Momentum(0));
  }

  private static KfacOptions kfac() {
    return KfacOptions.nkfac().withPeriods(1, 1).withWeightDecay(0);
  }

  /** The loss's gradients before a step, and how far the step moved each variable. */
  private record Step(
      Map<String, double[]> gradients, Map<String, double[]> moved, Map<String, double[]> all) {}

  private interface Training {
    Op build(TestGraph<TFloat64> graph, TinyMlp<TFloat64> mlp);
  }

  private static Step step(Training training) {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Output<?>[] derivatives =
          graph.graph.addGradients(
              mlp.loss.asOutput(),
              mlp.reads.stream().map(Operand::asOutput).toArray(Output<?>[]::new));
      Op train = training.build(graph, mlp);
      graph.start();
      mlp.feedBatch(1, EXAMPLES);
      Map<String, double[]> gradients = new HashMap<>();
      Map<String, double[]> before = new HashMap<>();
      for (int i = 0; i < derivatives.length; i++) {
        String name = TinyMlp.VARIABLES.get(i);
        gradients.put(name, graph.fetch(derivatives[i]));
        before.put(name, graph.value(name));
      }
      graph.run(train);
      Map<String, double[]> moved = new HashMap<>();
      before.forEach(
          (name, value) -> {
            double[] now = graph.value(name);
            double[] difference = new double[now.length];
            for (int i = 0; i < now.length; i++) {
              difference[i] = now[i] - value[i];
            }
            moved.put(name, difference);
          });
      Map<String, double[]> all = new HashMap<>();
      graph
          .everyVariable()
          .forEach(
              (name, list) ->
                  all.put(name, list.stream().mapToDouble(Double::doubleValue).toArray()));
      return new Step(gradients, moved, all);
    }
  }

  @Test
  void gradientsMayBeChangedBetweenComputingAndApplying() {
    Step step =
        step(
            (graph, mlp) -> {
              FirstOrder optimizer = new FirstOrder(graph.graph, descent());
              return optimizer.applyGradients(
                  times(graph, optimizer.computeGradients(mlp.loss), 3), "apply");
            });
    for (String name : TinyMlp.VARIABLES) {
      assertThat(step.moved().get(name))
          .containsExactly(times(step.gradients().get(name), -3 * RATE), within(EXACT));
    }
  }

  @Test
  void changedGradientsArePreconditionedLikeOthers() {
    Step plain = step((graph, mlp) -> new Kfac(graph.graph, kfac()).minimize(mlp.loss));
    Step tripled =
        step(
            (graph, mlp) -> {
              Kfac optimizer = new Kfac(graph.graph, kfac());
              List<GradAndVar<?>> pairs = times(graph, optimizer.computeGradients(mlp.loss), 3);
              Collections.reverse(pairs);
              return optimizer.applyGradients(pairs, "apply");
            });
    for (String name : TinyMlp.VARIABLES) {
      assertThat(
              Tensors.relativeError(tripled.moved().get(name), times(plain.moved().get(name), 3)))
          .as(name)
          .isLessThan(1e-9);
    }
    assertThat(tripled.all().get("kfac/w1/G"))
        .as("statistics come from the loss itself")
        .isEqualTo(plain.all().get("kfac/w1/G"));
  }

  private static List<GradAndVar<?>> times(
      TestGraph<TFloat64> graph, List<GradAndVar<?>> pairs, double factor) {
    List<GradAndVar<?>> changed = new ArrayList<>();
    for (GradAndVar<?> pair : pairs) {
      @SuppressWarnings("unchecked")
      GradAndVar<TFloat64> typed = (GradAndVar<TFloat64>) pair;
      Operand<TFloat64> gradient =
          graph.tf.math.mul(typed.getGradient(), graph.tf.constant(factor));
      changed.add(new GradAndVar<>(gradient.asOutput(), typed.getVariable()));
    }
    return changed;
  }

  @Test
  void aVariableWithoutAGradientAndAnUnknownOneAreNamed() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Kfac optimizer = new Kfac(graph.graph, kfac());
      assertThatThrownBy(() -> optimizer.applyGradients(List.of(), "early"))
          .isInstanceOf(IllegalStateException.class);
      List<GradAndVar<?>> pairs = new ArrayList<>(optimizer.computeGradients(mlp.loss));
      assertThat(pairs)
          .extracting(pair -> pair.getVariable().op().name())
          .isEqualTo(TinyMlp.VARIABLES);
      GradAndVar<?> last = pairs.remove(3);
      assertThatThrownBy(() -> optimizer.applyGradients(pairs, "apply"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'b2'")
          .hasMessageContaining("variable filter");
      pairs.add(last);
      Output<TFloat64> unknown = mlp.x.asOutput();
      pairs.add(new GradAndVar<>(unknown, unknown));
      assertThatThrownBy(() -> optimizer.applyGradients(pairs, "apply"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("found also 'Placeholder'");
    }
  }

  @Test
  void gradientsThatDoNotFitTheirVariableAreNamed() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      FirstOrder optimizer = new FirstOrder(graph.graph, descent());
      List<GradAndVar<?>> pairs = new ArrayList<>(optimizer.computeGradients(mlp.loss));
      Output<TFloat64> variable = output(pairs.remove(0));
      assertUnfit(optimizer, pairs, graph.tf.constant(1.0), variable, "TFloat64 []");
      assertUnfit(
          optimizer, pairs, graph.constant(Shape.of(4, 3), new double[12]), variable, "[4, 3]");
      Operand<TFloat32> single = graph.tf.constant(new float[3][4]);
      assertUnfit(optimizer, pairs, single, variable, "TFloat32 [3, 4]");
      pairs.add(pairs.get(0));
      assertThatThrownBy(() -> optimizer.applyGradients(pairs, "apply"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("expected one gradient for 'b1', found two; add them up");
    }
  }

  @SuppressWarnings("unchecked") // as its graph's variables are
  private static Output<TFloat64> output(GradAndVar<?> pair) {
    return (Output<TFloat64>) pair.getVariable();
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // a gradient that is none of the variable's
  private static void assertUnfit(
      FirstOrder optimizer,
      List<GradAndVar<?>> others,
      Operand<?> gradient,
      Output<TFloat64> variable,
      String found) {
    List<GradAndVar<?>> pairs = new ArrayList<>(others);
    pairs.add(new GradAndVar(gradient.asOutput(), variable));
    assertThatThrownBy(() -> optimizer.applyGradients(pairs, "apply"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("expected a gradient TFloat64 [3, 4] for 'w1', found ")
        .hasMessageEndingWith(found + "; cast or reshape it before it is applied");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 1000})
  void globalNormClippingScalesAllGradientsTogether(double largest) {
    Step step =
        step(
            (graph, mlp) ->
                new FirstOrder(
                        graph.graph, descent().withClipping(GradientClipping.globalNorm(largest)))
                    .minimize(mlp.loss));
    double square = 0;
    for (double[] gradient : step.gradients().values()) {
      for (double entry : gradient) {
        square += entry * entry;
      }
    }
    assertThat(Math.sqrt(square)).as("the bound cuts in one case only").isBetween(0.2, 100.0);
    double factor = Math.min(1, largest / Math.sqrt(square));
    for (String name : TinyMlp.VARIABLES) {
      assertThat(step.moved().get(name))
          .containsExactly(times(step.gradients().get(name), -RATE * factor), within(EXACT));
    }
  }

  @Test
  void valueClippingCutsEveryEntry() {
    double largest = 0.05;
    Step step =
        step(
            (graph, mlp) ->
                new FirstOrder(graph.graph, descent().withClipping(GradientClipping.value(largest)))
                    .minimize(mlp.loss));
    int cut = 0;
    for (String name : TinyMlp.VARIABLES) {
      double[] expected = step.gradients().get(name).clone();
      for (int i = 0; i < expected.length; i++) {
        cut += Math.abs(expected[i]) > largest ? 1 : 0;
        expected[i] = -RATE * Math.max(-largest, Math.min(largest, expected[i]));
      }
      assertThat(step.moved().get(name)).containsExactly(expected, within(EXACT));
    }
    assertThat(cut).isBetween(1, 25);
  }

  @Test
  void clippingComesBeforePreconditioningAndLeavesTheStatisticsAlone() {
    Step plain = step((graph, mlp) -> new Kfac(graph.graph, kfac()).minimize(mlp.loss));
    KfacOptions options = kfac();
    Step clipped =
        step(
            (graph, mlp) ->
                new Kfac(
                        graph.graph,
                        options.withTraining(
                            given -> given.withClipping(GradientClipping.globalNorm(0.1))))
                    .minimize(mlp.loss));
    double square = 0;
    for (String name : TinyMlp.VARIABLES) {
      for (double entry : clipped.all().get("kfac/" + name + "/momentum")) {
        square += entry * entry;
      }
    }
    assertThat(Math.sqrt(square))
        .as("norm recovery keeps the clipped norm")
        .isCloseTo(0.1, within(1e-9));
    for (String name : List.of("kfac/w1/A", "kfac/w1/G", "kfac/w2/A", "kfac/w2/G")) {
      assertThat(clipped.all().get(name)).as(name).isEqualTo(plain.all().get(name));
    }
  }

  @Test
  void boundsThatAreNotPositiveAreRejected() {
    assertThatThrownBy(() -> GradientClipping.globalNorm(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bound > 0, found 0");
    assertThatThrownBy(() -> GradientClipping.value(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void groupsDecideAboutDecayAndRate() {
    double decay = 0.1;
    ParameterGroups groups =
        (name, shape) ->
            new ParameterGroups.Settings(
                shape.numDimensions() == 2 ? decay : 0, name.endsWith("2") ? 0.1 : 1);
    Step step =
        step(
            (graph, mlp) ->
                new FirstOrder(graph.graph, descent().withGroups(groups)).minimize(mlp.loss));
    for (String name : TinyMlp.VARIABLES) {
      double[] expected = step.gradients().get(name).clone();
      for (int i = 0; i < expected.length; i++) {
        double old = step.all().get(name)[i] - step.moved().get(name)[i];
        double decayed = expected[i] + (name.startsWith("w") ? decay * old : 0);
        expected[i] = -RATE * (name.endsWith("2") ? 0.1 : 1) * decayed;
      }
      assertThat(step.moved().get(name)).as(name).containsExactly(expected, within(EXACT));
    }
  }

  @Test
  void onlyKernelsCanBeDecayed() {
    ParameterGroups groups = ParameterGroups.decayKernelsOnly(0.2);
    assertThat(groups.of("b", Shape.of(7)).decays()).isFalse();
    assertThat(groups.of("s", Shape.scalar()).decays()).isFalse();
    assertThat(groups.of("w", Shape.of(7, 2)).weightDecay()).isEqualTo(Schedule.constant(0.2));
    assertThatThrownBy(() -> ParameterGroups.uniform(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("weight decay >= 0, found -1");
    assertThatThrownBy(() -> new ParameterGroups.Settings(0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("learning rate factor > 0");
  }

  private static double[] times(double[] values, double factor) {
    double[] result = values.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] *= factor;
    }
    return result;
  }
}
