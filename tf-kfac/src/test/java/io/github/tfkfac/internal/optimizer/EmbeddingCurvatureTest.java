package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.NormalizationParameters;
import io.github.tfkfac.UnsupportedLayerException;
import io.github.tfkfac.testing.NkfacOracle;
import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestGraph;
import java.util.List;
import java.util.Map;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/** What SKFAC, EKFAC and two-level K-FAC keep of an embedding is what the formulas say. */
class EmbeddingCurvatureTest {

  private static final double TOLERANCE = 1e-9;
  private static final int ROWS = 5;
  private static final int WIDTH = 3;
  private static final int[][] WORDS = {{0, 1}, {4, 4}, {1, 3}, {3, 3}};
  private static final int N = WORDS.length;
  private static final int POSITIONS = 2;
  private static final long SEED = 5;

  /**
   * {@code loss = (1/N) Σₙ ½|Σ_p c_p table[word_np]|²}, whose output gradients are {@code (c_p/N)
   * z_n}.
   */
  private static final double[] WEIGHTS = {1, -0.5};

  private final double[] table = TestGraph.random(SEED, ROWS * WIDTH);

  private TestGraph<TFloat64> graphAfterAStep(KfacOptions options, Shape words) {
    TestGraph<TFloat64> graph = TestGraph.float64();
    Ops tf = graph.tf;
    Placeholder<TInt32> input = tf.placeholder(TInt32.class, Placeholder.shape(words));
    Operand<TFloat64> read = graph.variable("table", Shape.of(ROWS, WIDTH), table);
    Operand<TFloat64> weights = graph.constant(Shape.of(1, POSITIONS, 1), WEIGHTS);
    Operand<TFloat64> z =
        tf.reduceSum(tf.math.mul(tf.gather(read, input, tf.constant(0)), weights), tf.constant(1));
    Operand<TFloat64> loss = tf.math.div(graph.halfSquare(z), tf.constant((double) N));
    Op train = new Kfac(graph.graph, options.strict()).minimize(loss);
    graph.start();
    try (TInt32 fed = TInt32.tensorOf(StdArrays.ndCopyOf(WORDS))) {
      Result result = graph.session().runner().feed(input, fed).addTarget(train).run();
      result.close();
    }
    return graph;
  }

  /** {@code c_p z_n}, the gradient of one example's own loss. */
  private double[] gradient(int example, int position) {
    double[] gradient = new double[WIDTH];
    for (int p = 0; p < POSITIONS; p++) {
      for (int j = 0; j < WIDTH; j++) {
        gradient[j] += WEIGHTS[position] * WEIGHTS[p] * table[WORDS[example][p] * WIDTH + j];
      }
    }
    return gradient;
  }

  @ParameterizedTest
  @ValueSource(strings = {"skfac", "skfacStar"})
  void skfacKeepsTheDiagonalOfTheReducedInputFactor(String preset) {
    boolean star = preset.equals("skfacStar");
    SimpleMatrix a = new SimpleMatrix(ROWS, 1);
    SimpleMatrix g = new SimpleMatrix(WIDTH, WIDTH);
    for (int n = 0; n < N; n++) {
      double[] frequencies = new double[ROWS];
      SimpleMatrix mean = new SimpleMatrix(WIDTH, 1);
      for (int p = 0; p < POSITIONS; p++) {
        frequencies[WORDS[n][p]] += 1.0 / POSITIONS;
        mean = mean.plus(NkfacOracle.matrix(WIDTH, 1, gradient(n, p)).divide(POSITIONS));
      }
      for (int i = 0; i < ROWS; i++) {
        a.set(i, a.get(i) + frequencies[i] * frequencies[i] / N);
      }
      g = g.plus(mean.mult(mean.transpose()).divide(N));
    }
    double lambda = Math.sqrt(KfacOptions.KFAC_DAMPING);
    SimpleMatrix scaledA = star ? a.divide(a.normF()) : a;
    double ofA = star ? Math.max(1e-4, 0.01 * scaledA.elementMax()) : lambda;
    SimpleMatrix dampedG =
        star
            ? NkfacOracle.damped(NkfacOracle.normalized(g))
            : g.plus(SimpleMatrix.identity(WIDTH).scale(lambda));
    double[] expected = new double[ROWS];
    for (int i = 0; i < ROWS; i++) {
      expected[i] = 1 / (scaledA.get(i) + ofA);
    }
    KfacOptions options = star ? KfacOptions.skfacStar() : KfacOptions.skfac();
    try (TestGraph<TFloat64> graph = graphAfterAStep(options, Shape.of(-1, POSITIONS))) {
      assertThat(Tensors.relativeError(graph.value("kfac/table/A_inverse"), expected))
          .isLessThanOrEqualTo(TOLERANCE);
      assertThat(
              Tensors.relativeError(
                  graph.value("kfac/table/G_inverse"), NkfacOracle.values(dampedG.invert())))
          .isLessThanOrEqualTo(TOLERANCE);
    }
  }

  @Test
  void ekfacsDiagonalIsTheMeanSquareOfTheProjectedGradientsPerExample() {
    try (TestGraph<TFloat64> graph =
        graphAfterAStep(KfacOptions.ekfac(), Shape.of(-1, POSITIONS))) {
      SimpleMatrix basis = NkfacOracle.matrix(WIDTH, WIDTH, graph.value("kfac/table/G_basis"));
      SimpleMatrix expected = new SimpleMatrix(ROWS, WIDTH);
      for (int n = 0; n < N; n++) {
        SimpleMatrix ofExample = new SimpleMatrix(ROWS, WIDTH);
        for (int p = 0; p < POSITIONS; p++) {
          double[] g = gradient(n, p);
          for (int j = 0; j < WIDTH; j++) {
            ofExample.set(WORDS[n][p], j, ofExample.get(WORDS[n][p], j) + g[j]);
          }
        }
        SimpleMatrix projected = ofExample.mult(basis);
        expected = expected.plus(projected.elementMult(projected).divide(N));
      }
      assertThat(Tensors.relativeError(graph.value("kfac/table/S"), NkfacOracle.values(expected)))
          .isLessThanOrEqualTo(TOLERANCE);
    }
  }

  @Test
  void twoLevelDoesTheSameForABatchOfAnySizeAsForOneOfAFixedSize() {
    try (TestGraph<TFloat64> any =
            graphAfterAStep(KfacOptions.twoLevel(), Shape.of(-1, POSITIONS));
        TestGraph<TFloat64> fixed =
            graphAfterAStep(KfacOptions.twoLevel(), Shape.of(N, POSITIONS))) {
      Map<String, List<Double>> found = any.everyVariable();
      assertThat(found).containsKey("kfac/coarse/inverse").isEqualTo(fixed.everyVariable());
    }
  }

  @Test
  void aLayerThatIsRejectedIsNamedWithTheCallThatSkipsIt() {
    assertThatThrownBy(() -> graphAfterAStep(KfacOptions.twoLevel(), Shape.of(-1, -1)))
        .isInstanceOfSatisfying(
            UnsupportedLayerException.class,
            rejected -> assertThat(rejected.layer()).isEqualTo("table"))
        .hasMessageContaining("layer 'table', found shape [-1, -1, 3]")
        .hasMessageEndingWith("withSkippedLayers(\"table\")");
    KfacOptions skipping = KfacOptions.twoLevel().withLayers(given -> given.withSkipped("table"));
    assertThatThrownBy(() -> graphAfterAStep(skipping, Shape.of(-1, -1)))
        .isNotInstanceOf(UnsupportedLayerException.class);
  }

  @Test
  void normalizationBlocksInEkfacAreNamedWithTheCallThatSkipsThem() {
    KfacOptions options =
        KfacOptions.ekfac()
            .withLayers(given -> given.withNormalization(NormalizationParameters.UNITWISE));
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      Operand<TFloat64> x = graph.input(Shape.of(-1, 3));
      Operand<TFloat64> y =
          tf.math.add(
              tf.math.mul(x, graph.variable("gamma", 1, Shape.of(3))),
              graph.variable("beta", 2, Shape.of(3)));
      Operand<TFloat64> loss =
          graph.halfSquare(tf.linalg.matMul(y, graph.variable("dense", 3, Shape.of(3, 2))));
      assertThatThrownBy(() -> new Kfac(graph.graph, options).minimize(loss))
          .isInstanceOf(UnsupportedLayerException.class)
          .hasMessageContaining("layer 'gamma' is of the kind scale and shift")
          .hasMessageEndingWith("withSkippedLayers(\"gamma\")");
    }
  }
}
