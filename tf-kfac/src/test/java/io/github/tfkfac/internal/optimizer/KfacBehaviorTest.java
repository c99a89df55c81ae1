package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.Momentum;
import io.github.tfkfac.Normalization;
import io.github.tfkfac.ScanReport.Entry;
import io.github.tfkfac.ScanReport.Outcome;
import io.github.tfkfac.SeparateOps;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.VariableFilter;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TestGraph.Kind;
import io.github.tfkfac.testing.TinyMlp;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.framework.optimizers.Optimizer;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

class KfacBehaviorTest {

  private static final int EXAMPLES = 5;
  private static final double ROUNDING = 1e-12;

  private static KfacOptions often() {
    return KfacOptions.nkfac().withPeriods(1, 2);
  }

  @Test
  void aStepIsOneOperationOfTheGivenName() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Optimizer optimizer = new Kfac(graph.graph, often());
      Op train = optimizer.minimize(mlp.loss, "training");
      assertThat(train.op().name()).isEqualTo("training");
      assertThat(train.op().type()).isEqualTo("NoOp");
    }
  }

  @Test
  void minimizeIsCalledOnce() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Kfac optimizer = new Kfac(graph.graph, often());
      assertThatThrownBy(optimizer::scanReport)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("call minimize on the Kfac optimizer first");
      assertThatThrownBy(optimizer::healthAfterStep).hasMessageContaining("call minimize");
      optimizer.minimize(mlp.loss);
      assertThatThrownBy(() -> optimizer.minimize(mlp.loss))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("minimize was called before")
          .hasMessageContaining("minimize(List)");
      assertThatThrownBy(() -> optimizer.computeGradients(mlp.loss))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> optimizer.attach(mlp.loss))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("before minimize");
      assertThatThrownBy(() -> optimizer.attachUpdates(tf -> List.of()))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> new Kfac(graph.graph, often()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("a graph takes one optimizer");
    }
  }

  @Test
  void severalLossesAreTheirSum() {
    Map<String, List<Double>> summed =
        run(
            graph -> {
              TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
              Operand<TFloat64> second = graph.tf.nn.l2Loss(mlp.reads.get(2));
              return new Trained(
                  mlp,
                  new Kfac(graph.graph, often()).minimize(graph.tf.math.add(mlp.loss, second)));
            });
    Map<String, List<Double>> listed =
        run(
            graph -> {
              TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
              Operand<TFloat64> second = graph.tf.nn.l2Loss(mlp.reads.get(2));
              return new Trained(
                  mlp, new Kfac(graph.graph, often()).minimize(List.of(mlp.loss, second)));
            });
    assertNear(listed, summed);
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      new TinyMlp<>(graph);
      Kfac optimizer = new Kfac(graph.graph, often());
      assertThatThrownBy(() -> optimizer.minimize(List.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at least one loss");
    }
  }

  @Test
  void referenceAndResourceVariablesTrainAlikeBitForBit() {
    Map<String, List<Double>> reference = recurrent(Kind.REFERENCE, Kind.REFERENCE, 1);
    assertThat(recurrent(Kind.RESOURCE, Kind.RESOURCE, 1)).isEqualTo(reference);
    assertThat(recurrent(Kind.RESOURCE, Kind.RESOURCE, 2)).isEqualTo(reference);
    assertThat(recurrent(Kind.REFERENCE, Kind.RESOURCE, 1)).isEqualTo(reference);
    assertThat(recurrent(Kind.RESOURCE, Kind.REFERENCE, 2)).isEqualTo(reference);
  }

  /** A weight that is used twice, read once or for each use, and a bias. */
  private static Map<String, List<Double>> recurrent(Kind weightKind, Kind biasKind, int reads) {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      GraphVariable<TFloat64> w =
          graph.declare(weightKind, "w", Shape.of(3, 3), TestGraph.random(5, 9));
      GraphVariable<TFloat64> b = graph.declare(biasKind, "b", Shape.of(3), TestGraph.random(6, 3));
      Placeholder<TFloat64> x = graph.input(Shape.of(-1, 3));
      Operand<TFloat64> firstW = graph.read(w);
      Operand<TFloat64> firstB = graph.read(b);
      Operand<TFloat64> secondW = reads == 1 ? firstW : graph.read(w);
      Operand<TFloat64> secondB = reads == 1 ? firstB : graph.read(b);
      Ops tf = graph.tf;
      Operand<TFloat64> once = tf.math.tanh(tf.nn.biasAdd(tf.linalg.matMul(x, firstW), firstB));
      Operand<TFloat64> twice =
          tf.math.tanh(tf.nn.biasAdd(tf.linalg.matMul(once, secondW), secondB));
      Kfac optimizer = new Kfac(graph.graph, often());
      Op train = optimizer.minimize(graph.halfSquare(tf.math.sub(twice, x)));
      assertThat(optimizer.layers()).hasSize(1);
      assertThat(optimizer.layers().get(0).uses()).hasSize(2);
      graph.start();
      for (int step = 0; step < 8; step++) {
        graph.feed(x, Shape.of(4, 3), TestGraph.random(step, 12));
        graph.run(train);
      }
      return graph.everyVariable();
    }
  }

  @Test
  void float32FollowsFloat64() {
    try (TestGraph<TFloat64> wide = TestGraph.float64();
        TestGraph<TFloat32> narrow = new TestGraph<>(TFloat32.class, Kind.REFERENCE)) {
      TinyMlp<TFloat64> wideMlp = new TinyMlp<>(wide);
      TinyMlp<TFloat32> narrowMlp = new TinyMlp<>(narrow);
      Op trainWide = new Kfac(wide.graph, often()).minimize(wideMlp.loss);
      Op trainNarrow = new Kfac(narrow.graph, often()).minimize(narrowMlp.loss);
      wide.start();
      narrow.start();
      for (int step = 0; step < 6; step++) {
        wideMlp.feedBatch(step, EXAMPLES);
        narrowMlp.feedBatch(step, EXAMPLES);
        wide.run(trainWide);
        narrow.run(trainNarrow);
      }
      for (String name : TinyMlp.VARIABLES) {
        assertThat(Tensors.relativeError(narrow.value(name), wide.value(name)))
            .as(name)
            .isLessThan(1e-4);
      }
    }
  }

  @Test
  void theBatchMayChangeItsSizeFromStepToStep() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      KfacOptions options = KfacOptions.nkfac().withPeriods(1, 1).withAverageDecay(0);
      KfacOptions raw = options.withFactors(given -> given.withNormalization(Normalization.none()));
      Op train = new Kfac(graph.graph, raw).minimize(mlp.loss);
      graph.start();
      for (int examples : new int[] {5, 1, 8}) {
        mlp.feedBatch(examples, examples);
        graph.run(train);
        double[] x = TinyMlp.inputs(examples, examples);
        double[] expected = new double[16];
        for (int row = 0; row < examples; row++) {
          for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 4; j++) {
              double left = i == 3 ? 1 : x[row * 3 + i];
              double right = j == 3 ? 1 : x[row * 3 + j];
              expected[i * 4 + j] += left * right / examples;
            }
          }
        }
        assertThat(Tensors.relativeError(graph.value("kfac/w1/A"), expected))
            .as("%d examples", examples)
            .isLessThan(ROUNDING);
      }
    }
  }

  @Test
  void strictRejectsWhatNoLayerCaptures() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Operand<TFloat64> mask = graph.variable("mask", 9, Shape.of(1, TinyMlp.OUTPUTS));
      Operand<TFloat64> loss =
          graph.tf.math.add(mlp.loss, graph.sum(graph.tf.math.mul(mlp.output, mask)));
      Kfac optimizer = new Kfac(graph.graph, often().strict());
      assertThatThrownBy(() -> optimizer.minimize(loss))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("found 1 that do not, first 'mask' (used by Mul")
          .hasMessageContaining("exclude them with a variable filter");
    }
  }

  @Test
  void strictAcceptsPlainVectors() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Operand<TFloat64> scale = graph.variable("scale", 9, Shape.of(TinyMlp.OUTPUTS));
      Operand<TFloat64> loss = graph.halfSquare(graph.tf.math.mul(mlp.output, scale));
      Kfac optimizer = new Kfac(graph.graph, often().strict());
      optimizer.minimize(loss);
      assertThat(optimizer.scanReport().of(Outcome.PLAIN))
          .extracting(Entry::variable)
          .containsExactly("scale");
    }
  }

  @Test
  void theReportListsTheModelsVariablesAndNoneOfTheOptimizers() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Kfac optimizer = new Kfac(graph.graph, often());
      optimizer.minimize(mlp.loss);
      assertThat(optimizer.scanReport().entries())
          .containsExactly(
              new Entry(
                  "w1", Shape.of(3, 4), Outcome.CAPTURED, "dense: factors 4 and 4, with bias"),
              new Entry("b1", Shape.of(4), Outcome.CAPTURED, "bias of layer 'w1'"),
              new Entry(
                  "w2", Shape.of(4, 2), Outcome.CAPTURED, "dense: factors 5 and 2, with bias"),
              new Entry("b2", Shape.of(2), Outcome.CAPTURED, "bias of layer 'w2'"));
      assertThat(optimizer.layers()).extracting(LayerSite::name).containsExactly("w1", "w2");
    }
  }

  @Test
  void aGraphWithoutVariablesIsRejectedPlainly() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> loss = graph.sum(graph.input(Shape.of(-1, 2)));
      Kfac optimizer = new Kfac(graph.graph, often());
      assertThatThrownBy(() -> optimizer.minimize(loss))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the graph has no variables");
    }
  }

  @Test
  void variablesOfDifferentTypesAreRejected() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Operand<TFloat32> single =
          graph.tf.identity(graph.tf.withName("single").variable(Shape.of(2), TFloat32.class));
      Operand<TFloat64> scaled =
          graph.tf.math.mul(mlp.output, graph.tf.dtypes.cast(single, TFloat64.class));
      Kfac optimizer = new Kfac(graph.graph, often());
      assertThatThrownBy(() -> optimizer.minimize(graph.halfSquare(scaled)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("TFloat64 in 'w1' and TFloat32 in 'single'");
    }
  }

  @Test
  void frozenVariablesStayAndTheOthersTrain() {
    KfacOptions options = often();
    KfacOptions head =
        options.withTraining(given -> given.withVariables(VariableFilter.only(Set.of("w2", "b2"))));
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Kfac optimizer = new Kfac(graph.graph, head);
      Op train = optimizer.minimize(mlp.loss);
      graph.start();
      Map<String, List<Double>> before = graph.everyVariable();
      mlp.feedBatch(0, EXAMPLES);
      graph.run(train);
      Map<String, List<Double>> after = graph.everyVariable();
      assertThat(after.get("w1")).isEqualTo(before.get("w1"));
      assertThat(after.get("b1")).isEqualTo(before.get("b1"));
      assertThat(after.get("w2")).isNotEqualTo(before.get("w2"));
      assertThat(after).doesNotContainKey("kfac/w1/A").containsKey("kfac/w2/A");
      assertThat(optimizer.scanReport().of(Outcome.EXCLUDED))
          .extracting(Entry::variable)
          .containsExactly("w1", "b1");
    }
  }

  @Test
  void withoutCapturedLayersItIsItsFirstOrderRule() {
    TrainingOptions training = TrainingOptions.sgdm(0.05, 1e-3).withRule(new Momentum(0.8));
    Map<String, List<Double>> plain =
        run(
            graph -> {
              TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
              return new Trained(mlp, new FirstOrder(graph.graph, training).minimize(mlp.loss));
            });
    KfacOptions none = often().withTraining(any -> training);
    Map<String, List<Double>> uncaptured =
        run(
            graph -> {
              TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
              KfacOptions options =
                  none.withLayers(all -> all.withCaptured(n -> false).withNoLayersAllowed());
              return new Trained(mlp, new Kfac(graph.graph, options).minimize(mlp.loss));
            });
    for (String name : TinyMlp.VARIABLES) {
      assertThat(uncaptured.get(name)).isEqualTo(plain.get(name));
      assertThat(uncaptured.get("kfac/" + name + "/momentum"))
          .isEqualTo(plain.get("first_order/" + name + "/momentum"));
    }
  }

  @Test
  void aNetworkWithoutCapturedLayersIsRejectedWithTheReasons() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      KfacOptions options = often().withLayers(given -> given.withCaptured(name -> false));
      Kfac optimizer = new Kfac(graph.graph, options);
      assertThatThrownBy(() -> optimizer.minimize(mlp.loss))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("found none: 'w1' (its layer was left out by the layer filter)")
          .hasMessageContaining("LayerOptions.withNoLayersAllowed()");
    }
  }

  @Test
  void healthAfterAStepIsFetchedWithIt() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Kfac optimizer = new Kfac(graph.graph, KfacOptions.nkfac().withPeriods(2, 3));
      Op train = optimizer.minimize(mlp.loss);
      graph.start();
      mlp.feedBatch(0, EXAMPLES);
      for (int step = 1; step <= 4; step++) {
        double[] health = graph.runAndFetch(train, optimizer.healthAfterStep());
        assertThat(health[0]).isEqualTo(step);
        assertThat(health[1]).isEqualTo(step);
        assertThat(health[5]).as("statistics updates").isEqualTo(Math.ceil(step / 2.0));
      }
      assertThat(optimizer.health(graph.session()).steps()).isEqualTo(4);
      assertThat(optimizer.health(graph.session()).isSound()).isTrue();
    }
  }

  @Test
  void theSeparatePartsDoWhatTheStepDoes() {
    try (TestGraph<TFloat64> whole = TestGraph.float64();
        TestGraph<TFloat64> parts = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(whole);
      Op train = new Kfac(whole.graph, KfacOptions.nkfac().withPeriods(1, 1)).minimize(mlp.loss);
      whole.start();
      mlp.feedBatch(0, EXAMPLES);
      whole.run(train);

      TinyMlp<TFloat64> other = new TinyMlp<>(parts);
      Kfac optimizer = new Kfac(parts.graph, KfacOptions.nkfac().withPeriods(1, 1));
      optimizer.minimize(other.loss);
      SeparateOps separate = optimizer.separateOps();
      assertThat(optimizer.separateOps()).isSameAs(separate);
      parts.start();
      other.feedBatch(0, EXAMPLES);
      double[] weights = parts.value("w1");
      parts.run(separate.statistics());
      parts.run(separate.exactRefresh());
      for (String name : List.of("A", "G", "A_inverse", "G_inverse")) {
        assertThat(parts.value("kfac/w1/" + name)).isEqualTo(whole.value("kfac/w1/" + name));
      }
      assertThat(parts.value("w1")).isEqualTo(weights);
      double[] exact = parts.value("kfac/w2/G_inverse");
      parts.run(separate.iterativeRefresh());
      assertThat(Tensors.relativeError(parts.value("kfac/w2/G_inverse"), exact))
          .as("an exact inverse is a fixed point of the iteration")
          .isLessThan(1e-9);
      assertThat(optimizer.health(parts.session()).steps()).isZero();
      assertThat(optimizer.health(parts.session()).iterativeRefreshes()).isEqualTo(1);
    }
  }

  private record Trained(TinyMlp<TFloat64> mlp, Op train) {}

  private interface Builder {
    Trained build(TestGraph<TFloat64> graph);
  }

  private static Map<String, List<Double>> run(Builder builder) {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Trained trained = builder.build(graph);
      graph.start();
      for (int step = 0; step < 4; step++) {
        trained.mlp().feedBatch(step, EXAMPLES);
        graph.run(trained.train());
      }
      return graph.everyVariable();
    }
  }

  private static void assertNear(
      Map<String, List<Double>> actual, Map<String, List<Double>> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (name, values) ->
            assertThat(Tensors.relativeError(plain(actual.get(name)), plain(values)))
                .as(name)
                .isLessThanOrEqualTo(ROUNDING));
  }

  private static double[] plain(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
