package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.Fisher;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.PredictiveDistribution;
import io.github.tfkfac.testing.TestGraph;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Size of the graphs of a deep network: nothing is built that no step, start or report reads. */
class GraphSizeTest {

  private static final int LAYERS = 24;
  private static final int WIDTH = 4;

  enum Case {
    EMPIRICAL(Fisher.empirical()),
    SAMPLED(Fisher.sampled(1)),
    EXACT(Fisher.exact());

    @SuppressWarnings("ImmutableEnumChecker") // a value
    final Fisher fisher;

    Case(Fisher fisher) {
      this.fisher = fisher;
    }
  }

  @ParameterizedTest
  @EnumSource
  void operationsThatNobodyReadsAreNotBuilt(Case fisher) {
    List<KfacOptions> presets = new ArrayList<>(List.of(KfacOptions.nkfac(), KfacOptions.kfac()));
    presets.add(KfacOptions.ekfac());
    if (fisher != Case.EXACT) {
      presets.add(KfacOptions.skfac());
    }
    for (KfacOptions preset : presets) {
      KfacOptions options = preset.withFisher(fisher.fisher);
      assertThat(unread(options)).isLessThan(0.01);
      assertThat(unread(options.staggered())).isLessThan(0.01);
    }
  }

  /** The published size: 48 layers, a sampled Fisher matrix, staggered refreshes. */
  @Test
  void aDeepNetworkHasFewOperationsThatNobodyReads() {
    KfacOptions options = KfacOptions.nkfac().withFisher(Fisher.sampled(1)).staggered();
    assertThat(unread(options, 2 * LAYERS, Gradients.COUNTED)).isLessThan(0.01);
  }

  /** Treatment of TensorFlow's own derivatives of products, some of which nobody asked for. */
  private enum Gradients {
    COUNTED,
    LEFT_OUT
  }

  private static double unread(KfacOptions options) {
    return unread(options, LAYERS, Gradients.LEFT_OUT);
  }

  /** Fraction of the operations that no step, start or report reads. */
  private static double unread(KfacOptions options, int layers, Gradients gradients) {
    try (TestGraph<TFloat32> graph = new TestGraph<>(TFloat32.class, TestGraph.Kind.REFERENCE)) {
      Op step = minimize(graph, options, layers);
      List<String> names = names(graph.graph);
      Set<String> read = ancestors(graph.graph, step);
      long unread =
          names.stream()
              .filter(name -> !read.contains(name))
              .filter(name -> gradients == Gradients.COUNTED || !name.startsWith("gradients"))
              .count();
      return (double) unread / names.size();
    }
  }

  @ParameterizedTest
  @EnumSource
  void staggeringAddsOperationsInProportionToTheLayers(Case fisher) {
    for (KfacOptions preset : List.of(KfacOptions.kfac(), KfacOptions.nkfac())) {
      KfacOptions options = preset.withFisher(fisher.fisher);
      assertThat(addedByStaggering(options, LAYERS))
          .isPositive()
          .isLessThan(2.2 * addedByStaggering(options, LAYERS / 2));
    }
  }

  private static double addedByStaggering(KfacOptions options, int layers) {
    return size(options.staggered(), layers) - size(options, layers);
  }

  private static int size(KfacOptions options, int layers) {
    try (TestGraph<TFloat32> graph = new TestGraph<>(TFloat32.class, TestGraph.Kind.REFERENCE)) {
      minimize(graph, options, layers);
      return names(graph.graph).size();
    }
  }

  private static Op minimize(TestGraph<TFloat32> graph, KfacOptions options, int layers) {
    Placeholder<TFloat32> x = graph.input(Shape.of(-1, WIDTH));
    Operand<TFloat32> state = x;
    for (int i = 0; i < layers; i++) {
      Operand<TFloat32> kernel = graph.variable("w" + i, i, Shape.of(WIDTH, WIDTH));
      Operand<TFloat32> bias = graph.variable("b" + i, i, Shape.of(WIDTH));
      state = graph.tf.math.tanh(graph.tf.nn.biasAdd(graph.tf.linalg.matMul(state, kernel), bias));
    }
    List<PredictiveDistribution<?>> outputs =
        options.factors().fisher() instanceof Fisher.Empirical
            ? List.of()
            : List.of(PredictiveDistribution.gaussian(state));
    return new Kfac(graph.graph, options, outputs).minimize(graph.halfSquare(state));
  }

  private static List<String> names(Graph graph) {
    List<String> names = new ArrayList<>();
    graph.operations().forEachRemaining(operation -> names.add(operation.name()));
    return names;
  }

  /** Operations that a step, the variables' initial values or the health report read. */
  private static Set<String> ancestors(Graph graph, Op step) {
    Deque<Operation> open = new ArrayDeque<>(List.of(step.op()));
    graph
        .operations()
        .forEachRemaining(
            operation -> {
              String name = operation.name();
              boolean initial =
                  operation.type().startsWith("Assign") && !name.startsWith("kfac_step");
              if (initial
                  || name.startsWith("kfac_health")
                  || name.startsWith("kfac_learning_rate")) {
                open.add(operation);
              }
            });
    Set<String> ancestors = new HashSet<>();
    while (!open.isEmpty()) {
      GraphOperation operation = (GraphOperation) open.pop();
      if (ancestors.add(operation.name())) {
        operation.inputs().forEach(input -> open.add(input.op()));
        open.addAll(operation.controlInputs());
      }
    }
    return ancestors;
  }
}
