package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.FactorLimit;
import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.LayerOptions;
import io.github.tfkfac.Momentum;
import io.github.tfkfac.RefreshPolicy;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.internal.linalg.LuInverse;
import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TinyMlp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.GraphOperation;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat64;

/** Settings that hold for some layers, and limits of their factors. */
class LayerOptionsTest {

  private static final int EXAMPLES = 6;
  private static final double TOLERANCE = 1e-12;
  private static final List<String> INVERSES =
      List.of("w1/A_inverse", "w1/G_inverse", "w2/A_inverse", "w2/G_inverse");

  @Test
  void aDampingOfItsOwnActsOnItsLayerAlone() {
    KfacOptions options = KfacOptions.kfacTikhonov();
    Damping other = Damping.absolute(0.5);
    Map<String, double[]> general = afterOneStep(options);
    Map<String, double[]> otherForAll = afterOneStep(options.withDamping(other));
    Map<String, double[]> overridden =
        afterOneStep(
            layers(options, all -> all.withLayer("w1", layer -> layer.withDamping(other))));
    for (String inverse : INVERSES) {
      double[] expected = (inverse.startsWith("w1") ? otherForAll : general).get(inverse);
      double[] excluded = (inverse.startsWith("w1") ? general : otherForAll).get(inverse);
      assertThat(Tensors.relativeError(overridden.get(inverse), expected))
          .as(inverse)
          .isLessThanOrEqualTo(TOLERANCE);
      assertThat(Tensors.relativeError(overridden.get(inverse), excluded))
          .as("%s with the other layer's damping", inverse)
          .isGreaterThan(0.01);
    }
  }

  @Test
  void ofSeveralOverridesTheLastMatchCounts() {
    KfacOptions options = KfacOptions.kfacTikhonov();
    Damping last = Damping.absolute(0.5);
    KfacOptions overridden =
        layers(
            options,
            all ->
                all.withLayer("w*", layer -> layer.withDamping(Damping.absolute(7)))
                    .withLayer("w?", layer -> layer.withDamping(last)));
    Map<String, double[]> expected = afterOneStep(options.withDamping(last));
    afterOneStep(overridden)
        .forEach(
            (inverse, values) ->
                assertThat(values).as(inverse).containsExactly(expected.get(inverse)));
  }

  @Test
  void aPeriodOfItsOwnActsOnItsLayerAlone() {
    KfacOptions options = KfacOptions.kfac().withPeriods(1, 4);
    KfacOptions overridden =
        layers(
            options,
            all -> all.withLayer("*2", layer -> layer.withRefreshes(RefreshPolicy.exactEvery(3))));
    List<Integer> first = new ArrayList<>();
    List<Integer> second = new ArrayList<>();
    List<double[]> values = new ArrayList<>();
    train(
        overridden,
        9,
        (graph, step) -> {
          List<double[]> now =
              List.of(graph.value("kfac/w1/A_basis"), graph.value("kfac/w2/A_basis"));
          if (step >= 0 && !equal(now.get(0), values.get(0))) {
            first.add(step);
          }
          if (step >= 0 && !equal(now.get(1), values.get(1))) {
            second.add(step);
          }
          values.clear();
          values.addAll(now);
        });
    assertThat(first).containsExactly(0, 4, 8);
    assertThat(second).containsExactly(0, 3, 6);
  }

  @Test
  void aSolverOfItsOwnActsOnItsLayerAlone() {
    KfacOptions options = KfacOptions.kfacTikhonov();
    KfacOptions overridden =
        layers(
            options,
            all ->
                all.withLayer(
                    "w1",
                    layer ->
                        layer
                            .withExactSolver(new LuInverse())
                            .withIterativeSolver(new LuInverse())));
    assertThat(solverOrders(options, "MatrixInverse")).isEmpty();
    assertThat(solverOrders(overridden, "MatrixInverse"))
        .as("orders inverted by LU, in exact and in other refreshes")
        .containsExactlyInAnyOrder(4L, 4L, 4L, 4L);
    assertThat(solverOrders(overridden, "Cholesky"))
        .as("orders inverted by Cholesky")
        .containsExactlyInAnyOrder(5L, 5L, 2L, 2L);
    Map<String, double[]> expected = afterOneStep(options);
    afterOneStep(overridden)
        .forEach(
            (inverse, values) ->
                assertThat(Tensors.relativeError(values, expected.get(inverse)))
                    .as(inverse)
                    .isLessThanOrEqualTo(TOLERANCE));
  }

  @Test
  void aSkippedLayerIsTrainedPlainly() {
    KfacOptions options = KfacOptions.nkfac().withLearningRate(0.1).withWeightDecay(0);
    KfacOptions skipping = layers(options, all -> all.withSkipped("*1"));
    try (TestGraph<TFloat64> graph = TestGraph.float64();
        TestGraph<TFloat64> plain = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      TinyMlp<TFloat64> plainMlp = new TinyMlp<>(plain);
      Kfac optimizer = new Kfac(graph.graph, skipping);
      Op train = optimizer.minimize(mlp.loss);
      Op plainTrain =
          new FirstOrder(plain.graph, TrainingOptions.sgdm(0.1, 0).withRule(new Momentum(0.9)))
              .minimize(plainMlp.loss);
      graph.start();
      plain.start();
      mlp.feedBatch(1, EXAMPLES);
      plainMlp.feedBatch(1, EXAMPLES);
      graph.run(train);
      plain.run(plainTrain);
      assertThat(optimizer.layers()).extracting(site -> site.name()).containsExactly("w2");
      assertThat(shapes(optimizer)).doesNotContainKey("kfac/w1/A").containsKey("kfac/w2/A");
      assertThat(graph.value("w1")).containsExactly(plain.value("w1"));
      assertThat(graph.value("b1")).containsExactly(plain.value("b1"));
      assertThat(Tensors.relativeError(graph.value("w2"), plain.value("w2"))).isGreaterThan(1e-3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nkfac", "kfac", "kfacTikhonov", "kfacStar", "skfac"})
  void largeFactorsKeepTheBlocksAlongTheirDiagonal(String preset) {
    Map<String, Shape> shapes = shapesAfterTraining(preset, FactorLimit.blocks(2));
    assertThat(shapes.get("kfac/w1/A_" + derived(preset))).isEqualTo(Shape.of(2, 2, 2));
    assertThat(shapes.get("kfac/w1/G_" + derived(preset))).isEqualTo(Shape.of(2, 2, 2));
    assertThat(shapes.get("kfac/w2/A_" + derived(preset)))
        .as("five rows in blocks of two")
        .isEqualTo(Shape.of(3, 2, 2));
    assertThat(shapes.get("kfac/w2/G_" + derived(preset))).isEqualTo(Shape.of(2, 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nkfac", "kfac", "kfacTikhonov", "kfacStar", "ekfac", "skfac"})
  void largeFactorsAreLeftOut(String preset) {
    Map<String, Shape> shapes = shapesAfterTraining(preset, FactorLimit.oneSided(4));
    assertThat(shapes.get("kfac/w1/A_" + derived(preset))).isEqualTo(Shape.of(4, 4));
    assertThat(shapes.get("kfac/w2/G_" + derived(preset))).isEqualTo(Shape.of(2, 2));
    assertThat(shapes.keySet())
        .as("five rows are too many")
        .noneMatch(name -> name.startsWith("kfac/w2/A"));
  }

  private static KfacOptions preset(String name) {
    return switch (name) {
      case "nkfac" -> KfacOptions.nkfac();
      case "kfac" -> KfacOptions.kfac();
      case "kfacTikhonov" -> KfacOptions.kfacTikhonov();
      case "kfacStar" -> KfacOptions.kfacStar();
      case "ekfac" -> KfacOptions.ekfac();
      case "skfac" -> KfacOptions.skfac();
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static String derived(String preset) {
    return preset.equals("kfac") || preset.equals("ekfac") ? "basis" : "inverse";
  }

  private static KfacOptions layers(KfacOptions options, UnaryOperator<LayerOptions> change) {
    return options.withLayers(change);
  }

  /** Trains for some steps, which must stay finite and change the weights. */
  private static Map<String, Shape> shapesAfterTraining(String preset, FactorLimit limit) {
    KfacOptions options = layers(preset(preset).withPeriods(1, 2), all -> all.withLimit(limit));
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Kfac optimizer = new Kfac(graph.graph, options);
      Op train = optimizer.minimize(mlp.loss);
      graph.start();
      double[] before = graph.value("w2");
      mlp.feedBatch(1, EXAMPLES);
      double loss = graph.fetch(mlp.loss)[0];
      graph.run(train, 5);
      assertThat(graph.value("w2")).isNotEqualTo(before);
      assertThat(graph.fetch(mlp.loss)[0]).isLessThan(loss);
      assertThat(optimizer.health(graph.session()).isSound()).isTrue();
      return shapes(optimizer);
    }
  }

  private static Map<String, Shape> shapes(Kfac optimizer) {
    return optimizer.stateVariables().stream()
        .collect(Collectors.toMap(variable -> variable.name(), variable -> variable.shape()));
  }

  /** The inverses after one step of training. */
  private static Map<String, double[]> afterOneStep(KfacOptions options) {
    Map<String, double[]> inverses = new LinkedHashMap<>();
    train(
        options,
        1,
        (graph, step) -> INVERSES.forEach(name -> inverses.put(name, graph.value("kfac/" + name))));
    return inverses;
  }

  /** Trains, and shows the graph before the first step (as step -1) and after every step. */
  private static void train(
      KfacOptions options, int steps, BiConsumer<TestGraph<TFloat64>, Integer> observer) {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Op train = new Kfac(graph.graph, options).minimize(mlp.loss);
      graph.start();
      observer.accept(graph, -1);
      for (int step = 0; step < steps; step++) {
        mlp.feedBatch(step, EXAMPLES);
        graph.run(train);
        observer.accept(graph, step);
      }
    }
  }

  /** The orders of the matrices that operations of a type work on. */
  private static List<Long> solverOrders(KfacOptions options, String type) {
    List<Long> orders = new ArrayList<>();
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      new Kfac(graph.graph, options).minimize(mlp.loss);
      graph
          .graph
          .operations()
          .forEachRemaining(
              operation -> {
                if (operation.type().equals(type)) {
                  orders.addAll(ordersOf(operation));
                }
              });
    }
    return orders;
  }

  /** The order of a matrix, as often as there are matrices in the stack. */
  private static List<Long> ordersOf(GraphOperation operation) {
    Shape shape = operation.output(0).shape();
    int rank = shape.numDimensions();
    long matrices = shape.subShape(0, rank - 2).size();
    List<Long> orders = new ArrayList<>();
    for (long i = 0; i < matrices; i++) {
      orders.add(shape.get(rank - 1));
    }
    return orders;
  }

  private static boolean equal(double[] a, double[] b) {
    return Arrays.equals(a, b);
  }
}
