package io.github.tfkfac.internal.factor;

import static io.github.tfkfac.internal.factor.BruteForce.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.NormalizationParameters;
import io.github.tfkfac.Positions;
import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.FactorStructure.Blocks;
import io.github.tfkfac.extension.FactorStructure.Diagonal;
import io.github.tfkfac.extension.FactorStructure.Full;
import io.github.tfkfac.extension.FisherTap;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.SecondMoments;
import io.github.tfkfac.extension.Tap;
import io.github.tfkfac.internal.capture.BackwardPass;
import io.github.tfkfac.internal.graph.LayerScanner;
import io.github.tfkfac.internal.graph.TrainableVariables;
import io.github.tfkfac.internal.graph.TrainableVariables.Trainable;
import io.github.tfkfac.internal.precondition.WeightMatrix;
import io.github.tfkfac.testing.FullMoments;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TestGraph.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/**
 * From a real graph to moments: with a row per position {@code Σ x̄ᵀg} of the rows is the gradient
 * that TensorFlow computes, so the moments' rows are those of the weight matrix.
 */
class CapturedLayersTest {

  private static final double EXACT = 1e-11;
  private static final double SINGLE_PRECISION = 1e-4;
  private static final long SEED = 29;
  private static final int EXAMPLES = 3;

  /** A layer's tap and its gradient as a matrix, in a graph that has been started. */
  private record Captured<T extends TNumber>(Tap<T> tap, Operand<T> gradient) {}

  private static <T extends TNumber> Captured<T> capture(TestGraph<T> graph, Operand<T> loss) {
    List<Operand<T>> losses = List.of(loss);
    TrainableVariables variables =
        TrainableVariables.find(graph.graph, losses, name -> true, List.of());
    LayerScanner.Scan scan =
        LayerScanner.scan(variables, losses, name -> true, NormalizationParameters.UNITWISE);
    assertThat(scan.sites()).as("%s", scan.report()).hasSize(1);
    List<Trainable<T>> trained = new ArrayList<>();
    variables.trained().forEach(variable -> trained.add(typed(variable)));
    @SuppressWarnings("unchecked") // all variables of the graph have its type
    LayerSite<T> site = (LayerSite<T>) scan.sites().get(0);
    BackwardPass<T> pass =
        BackwardPass.build(graph.graph, graph.tf, losses, trained, List.of(site));
    Map<String, Operand<T>> gradients = new HashMap<>();
    for (int i = 0; i < trained.size(); i++) {
      gradients.put(trained.get(i).name(), pass.gradients().get(i));
    }
    Optional<Operand<T>> bias = site.bias().map(GraphVariable::name).map(gradients::get);
    WeightMatrix.Parts<T> parts = new WeightMatrix.Parts<>(gradients.get(site.name()), bias);
    return new Captured<>(pass.taps().get(0), WeightMatrix.join(graph.tf, site, parts));
  }

  @SuppressWarnings("unchecked") // all variables of the graph have its type
  private static <T extends TNumber> Trainable<T> typed(Trainable<?> variable) {
    return (Trainable<T>) variable;
  }

  /** A loss whose gradient differs from place to place. */
  private static <T extends TNumber> Operand<T> loss(TestGraph<T> graph, Operand<T> output) {
    return graph.halfSquare(graph.tf.math.tanh(output));
  }

  /** In float32: TensorFlow's gradient of it on a CPU is oneDNN's. */
  @ParameterizedTest
  @EnumSource
  @EnabledIfSystemProperty(named = "os.arch", matches = "amd64|x86_64")
  void aGroupedConvolutionHasAMatrixPerGroup(Kind kind) {
    try (TestGraph<TFloat32> graph = new TestGraph<>(TFloat32.class, kind)) {
      Operand<TFloat32> x = fed(graph, EXAMPLES, 3, 3, 4);
      Operand<TFloat32> output =
          graph.tf.nn.conv2d(
              x, graph.variable("w", 1, Shape.of(3, 3, 2, 6)), List.of(1L, 1L, 1L, 1L), "VALID");
      Operand<TFloat32> b = graph.variable("b", 2, Shape.of(6));
      Captured<TFloat32> captured = capture(graph, loss(graph, graph.tf.nn.biasAdd(output, b)));
      assertThat(captured.tap().site().kind()).isInstanceOf(LayerKind.GroupedConvolution.class);

      checkGradientAndMatrix(graph, captured, SINGLE_PRECISION);
    }
  }

  @Test
  void aDepthwiseConvolutionHasAMatrixPerChannel() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> x = fed(graph, EXAMPLES, 3, 3, 2);
      Operand<TFloat64> output =
          graph.tf.nn.depthwiseConv2dNative(
              x, graph.variable("w", 1, Shape.of(3, 3, 2, 2)), List.of(1L, 1L, 1L, 1L), "VALID");
      Operand<TFloat64> b = graph.variable("b", 2, Shape.of(4));
      Captured<TFloat64> captured = capture(graph, loss(graph, graph.tf.nn.biasAdd(output, b)));

      checkGradientAndMatrix(graph, captured, EXACT);
    }
  }

  /** With one position per example the reduced rows are all rows. */
  private static <T extends TNumber> void checkGradientAndMatrix(
      TestGraph<T> graph, Captured<T> captured, double tolerance) {
    LayerSite<T> site = captured.tap().site();
    LayerRows<T> rows = LayerRows.of(graph.tf, captured.tap());
    SecondMoments<T> expanded = FullMoments.of(graph.tf, captured.tap());
    SecondMoments<T> reduced =
        TapMoments.of(
            graph.tf,
            new FisherTap<>(List.of(captured.tap())),
            LayerMoments.of(site),
            new LayerMoments.Kept(site.inputStructure(), site.outputStructure()),
            Positions.reduce());
    WeightMatrix.Parts<T> parts = WeightMatrix.split(graph.tf, site, captured.gradient());
    Operand<T> again = WeightMatrix.join(graph.tf, site, parts);
    graph.start();
    List<double[]> found =
        graph.fetch(
            List.of(
                captured.gradient(),
                rows.input(),
                rows.gradient(),
                expanded.inputSum(),
                reduced.inputSum(),
                expanded.gradientSum(),
                reduced.gradientSum(),
                again));
    assertClose(
        found.get(0),
        perGroup(found.get(1), found.get(2), site.blocks(), site.inputSize(), site.outputSize()),
        tolerance);
    assertClose(found.get(3), found.get(4), tolerance);
    assertClose(found.get(5), found.get(6), tolerance);
    assertClose(found.get(7), found.get(0), 0);
    assertThat(parts.weight().shape()).isEqualTo(site.weight().shape());
  }

  /** {@code Σ xᵀg} of every group of {@code [rows, groups, size]}. */
  private static double[] perGroup(double[] x, double[] g, int groups, int inputs, int outputs) {
    double[][] xs = BruteForce.rows(x, inputs);
    double[][] gs = BruteForce.rows(g, outputs);
    double[] sums = new double[groups * inputs * outputs];
    for (int r = 0; r < xs.length; r++) {
      for (int k = 0; k < inputs * outputs; k++) {
        sums[r % groups * inputs * outputs + k] += xs[r][k / outputs] * gs[r][k % outputs];
      }
    }
    return sums;
  }

  @ParameterizedTest
  @EnumSource
  void anEmbeddingsGradientGoesToTheRowsThatWereLookedUp(Kind kind) {
    try (TestGraph<TFloat64> graph = new TestGraph<>(TFloat64.class, kind)) {
      int[][] indices = {{4, 0, 4}, {2, 2, 2}};
      Operand<TFloat64> looked =
          graph.tf.gather(
              graph.variable("table", 1, Shape.of(5, 2)),
              graph.tf.constant(indices),
              graph.tf.constant(0));
      Captured<TFloat64> captured = capture(graph, loss(graph, looked));
      Tap<TFloat64> tap = captured.tap();
      SecondMoments<TFloat64> moments = FullMoments.of(graph.tf, tap);
      graph.start();
      List<double[]> found =
          graph.fetch(
              List.of(
                  captured.gradient(),
                  tap.flows().get(0).outputGradient(),
                  moments.inputSum(),
                  moments.gradientSum()));

      double[] g = found.get(1);
      double[] gradient = new double[10];
      for (int i = 0; i < g.length; i++) {
        gradient[2 * indices[i / 6][i / 2 % 3] + i % 2] += g[i];
      }
      assertClose(found.get(0), gradient, EXACT);
      assertClose(found.get(2), new double[] {1, 0, 3, 0, 2}, 0);
      assertClose(found.get(3), BruteForce.gram(BruteForce.rows(g, 2)), EXACT);
    }
  }

  @Test
  void aComposedScaleAndShiftHasAPairPerChannel() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> x = fed(graph, EXAMPLES, 2, 2, 3);
      Operand<TFloat64> scaled = graph.tf.math.mul(x, graph.variable("gamma", 1, Shape.of(3)));
      Operand<TFloat64> output = graph.tf.math.add(scaled, graph.variable("beta", 2, Shape.of(3)));
      Captured<TFloat64> captured = capture(graph, loss(graph, output));

      checkScaleAndShift(graph, captured, EXACT);
    }
  }

  @Test
  void aFusedNormalizationHasAPairPerChannel() {
    try (TestGraph<TFloat32> graph = new TestGraph<>(TFloat32.class, Kind.REFERENCE)) {
      Operand<TFloat32> none = graph.tf.constant(new float[] {0, 0, 0});
      FusedBatchNorm<TFloat32, TFloat32> normal =
          graph.tf.nn.fusedBatchNorm(
              fed(graph, EXAMPLES, 2, 2, 3),
              graph.variable("gamma", 1, Shape.of(3)),
              graph.variable("beta", 2, Shape.of(3)),
              none,
              none,
              FusedBatchNorm.isTraining(true),
              FusedBatchNorm.epsilon(0.01f));
      Captured<TFloat32> captured = capture(graph, loss(graph, normal.y()));

      checkScaleAndShift(graph, captured, SINGLE_PRECISION);
    }
  }

  /** The pairs add up to the gradients of gamma and beta. */
  private static <T extends TNumber> void checkScaleAndShift(
      TestGraph<T> graph, Captured<T> captured, double tolerance) {
    LayerSite<T> site = captured.tap().site();
    assertThat(site.bias()).isPresent();
    LayerRows<T> rows = LayerRows.of(graph.tf, captured.tap());
    SecondMoments<T> moments = FullMoments.of(graph.tf, captured.tap());
    FisherTap<T> twoPasses = new FisherTap<>(List.of(captured.tap(), captured.tap()));
    SecondMoments<T> both = FullMoments.of(graph.tf, twoPasses);
    graph.start();
    List<double[]> found =
        graph.fetch(
            List.of(
                captured.gradient(),
                rows.input(),
                rows.gradient(),
                moments.inputSum(),
                moments.gradientSum(),
                both.inputSum()));
    double[] pairs = found.get(1);
    assertClose(found.get(0), perGroup(pairs, found.get(2), 3, 2, 1), tolerance);
    assertClose(found.get(3), perGroup(pairs, pairs, 3, 2, 2), tolerance);
    assertThat(found.get(4)).isEmpty();
    double[] twice = Arrays.stream(found.get(3)).map(value -> 2 * value).toArray();
    assertClose(found.get(5), twice, tolerance);
  }

  @Test
  void severalUsesPoolTheirReducedRows() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> w = graph.variable("w", 1, Shape.of(2, 2));
      Operand<TFloat64> sequence = fed(graph, EXAMPLES, 4, 2);
      Operand<TFloat64> hidden =
          graph.tf.math.tanh(graph.tf.train.batchMatMul(sequence, w, TFloat64.class));
      Operand<TFloat64> mean = graph.tf.math.mean(hidden, graph.tf.constant(1));
      Captured<TFloat64> captured = capture(graph, loss(graph, graph.tf.linalg.matMul(mean, w)));
      Tap<TFloat64> tap = captured.tap();
      LayerRows<TFloat64> rows = LayerRows.of(graph.tf, tap);
      SecondMoments<TFloat64> moments =
          TapMoments.of(
              graph.tf,
              new FisherTap<>(List.of(tap)),
              LayerMoments.of(tap.site()),
              new LayerMoments.Kept(new Full(2), new Diagonal(2)),
              Positions.reduce());
      graph.start();
      List<double[]> found =
          graph.fetch(
              List.of(
                  rows.input(),
                  rows.gradient(),
                  rows.positions(),
                  moments.inputSum(),
                  moments.gradientSum(),
                  moments.rows(),
                  moments.examples()));

      double[][] x = BruteForce.rows(found.get(0), 2);
      assertThat(x).hasDimensions(2 * EXAMPLES, 2);
      double[] g = BruteForce.gram(BruteForce.rows(found.get(1), 2));
      assertThat(found.get(2)).containsExactlyInAnyOrder(4, 4, 4, 1, 1, 1);
      assertClose(found.get(3), BruteForce.gram(x), EXACT);
      assertClose(found.get(4), new double[] {g[0], g[3]}, EXACT);
      assertThat(found.get(5)).containsExactly(2 * EXAMPLES);
      assertThat(found.get(6)).containsExactly(EXAMPLES);
    }
  }

  @Test
  void reducingIsExactForAConvolutionWhoseOutputIsAveraged() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> output =
          graph.tf.nn.conv2d(
              fed(graph, EXAMPLES, 6, 5, 2),
              graph.variable("w", 1, Shape.of(3, 3, 2, 4)),
              List.of(1L, 2L, 1L, 1L),
              "SAME");
      Operand<TFloat64> shifted = graph.tf.nn.biasAdd(output, graph.variable("b", 2, Shape.of(4)));
      Operand<TFloat64> pooled = graph.tf.math.mean(shifted, graph.tf.constant(new int[] {1, 2}));
      Captured<TFloat64> captured = capture(graph, loss(graph, pooled));
      LayerRows<TFloat64> rows = LayerRows.of(graph.tf, captured.tap());
      graph.start();
      List<double[]> found =
          graph.fetch(List.of(captured.gradient(), rows.input(), rows.gradient()));

      assertClose(found.get(0), perGroup(found.get(1), found.get(2), 1, 19, 4), EXACT);
    }
  }

  @Test
  void aStructureThatIsNoPartOfTheLayersOwnIsRejected() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> x = fed(graph, EXAMPLES, 4);
      Operand<TFloat64> product = graph.tf.linalg.matMul(x, graph.variable("w", 1, Shape.of(4, 2)));
      FisherTap<TFloat64> tap =
          new FisherTap<>(List.of(capture(graph, loss(graph, product)).tap()));
      FactorStructure other = new Blocks(5, 2);
      Positions positions = Positions.expand();

      assertThatThrownBy(
              () ->
                  TapMoments.of(
                      graph.tf,
                      tap,
                      LayerMoments.of(tap.site()),
                      new LayerMoments.Kept(other, new Full(2)),
                      positions))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Full[size=4]")
          .hasMessageContaining("input factor of layer 'w'")
          .hasMessageContaining("Blocks[size=5");
    }
  }

  private static <T extends TNumber> Operand<T> fed(TestGraph<T> graph, long... shape) {
    Shape all = Shape.of(shape);
    Operand<T> input = graph.input(all);
    graph.feed(input, all, TestGraph.random(SEED, all.size()));
    return input;
  }
}
