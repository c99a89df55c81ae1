package io.github.tfkfac.internal.factor;

import static io.github.tfkfac.internal.factor.FactorOracle.loss;
import static io.github.tfkfac.internal.factor.FactorOracle.padded;
import static io.github.tfkfac.internal.factor.FactorOracle.plus;
import static io.github.tfkfac.internal.factor.FactorOracle.scaled;
import static io.github.tfkfac.internal.factor.FactorOracle.slopes;
import static io.github.tfkfac.internal.factor.FactorOracle.times;
import static io.github.tfkfac.internal.factor.FactorOracle.timesTransposed;

import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.extension.ConvolutionGeometry.Padding;
import io.github.tfkfac.internal.factor.BruteForce.Image;
import io.github.tfkfac.internal.factor.FactorOracle.Rows;
import io.github.tfkfac.testing.TestGraph;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/**
 * Products and parts of weights, and biases in the places where graphs add them, have the factors
 * of plain loops.
 */
class WeightFormsTest {

  private static final double EXACT = 1e-9;
  private static final double SCALE = 1.5;
  private static final int EXAMPLES = 5;
  private static final int LENGTH = 3;
  private static final int INPUTS = 4;
  private static final int RANK = 2;
  private static final int OUTPUTS = 6;

  private static double[][] rows(double[] values, int width) {
    return BruteForce.rows(values, width);
  }

  private static double[] values(int seed, int length) {
    return TestGraph.random(seed, length);
  }

  private static Operand<TFloat64> fed(TestGraph<TFloat64> graph, double[] values, long... sizes) {
    long[] declared = sizes.clone();
    declared[0] = -1;
    Operand<TFloat64> x = graph.input(Shape.of(declared));
    graph.feed(x, Shape.of(sizes), values);
    return x;
  }

  /** Rows of the two factors of {@code y = x (W + s A B) + shift} for the inputs of W. */
  private static Map<String, Rows> adapter(double[][] x, double[] w, double[] a, double[] b) {
    double[] shift = values(4, OUTPUTS);
    Rows ofA = Rows.of(EXAMPLES, false);
    Rows ofB = Rows.of(EXAMPLES, true);
    for (double[] row : x) {
      double[] inner = scaled(SCALE, times(row, a));
      double[] g = slopes(plus(plus(times(row, w), times(inner, b)), shift));
      ofA.add(scaled(SCALE, row), timesTransposed(g, b));
      ofB.add(inner, g);
    }
    Map<String, Rows> expected = new LinkedHashMap<>();
    expected.put("a", ofA);
    expected.put("b", ofB);
    return expected;
  }

  private static Operand<TFloat64> adapted(
      TestGraph<TFloat64> graph, Shape frozen, double[] w, Shape ofA) {
    Ops tf = graph.tf;
    Operand<TFloat64> a = graph.variable("a", 1, ofA);
    Operand<TFloat64> flat = tf.reshape(a, tf.array(-1, RANK));
    Operand<TFloat64> product =
        tf.linalg.matMul(flat, graph.variable("b", 2, Shape.of(RANK, OUTPUTS)));
    Operand<TFloat64> scaled =
        tf.math.mul(tf.reshape(product, tf.constant(frozen)), tf.constant(SCALE));
    return tf.math.add(graph.constant(frozen, w), scaled);
  }

  private static Operand<TFloat64> shift(TestGraph<TFloat64> graph) {
    return graph.variable("shift", 4, Shape.of(OUTPUTS));
  }

  private static double[] ofA(int length) {
    return values(1, length);
  }

  private static double[] ofB() {
    return values(2, RANK * OUTPUTS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"MatMul", "Einsum"})
  void aLowRankAdapterOfADenseLayer(String form) {
    double[] x = values(5, EXAMPLES * LENGTH * INPUTS);
    double[] w = values(3, INPUTS * OUTPUTS);
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      Operand<TFloat64> data = fed(graph, x, EXAMPLES, LENGTH, INPUTS);
      Operand<TFloat64> kernel =
          adapted(graph, Shape.of(INPUTS, OUTPUTS), w, Shape.of(INPUTS, RANK));
      Operand<TFloat64> y =
          form.equals("Einsum")
              ? tf.linalg.einsum(List.of(data, kernel), "abc,cd->abd")
              : tf.linalg.matMul(tf.reshape(data, tf.array(-1, INPUTS)), kernel);
      Operand<TFloat64> sequences = tf.reshape(y, tf.array(-1, LENGTH, OUTPUTS));
      FactorOracle.check(
          graph,
          loss(graph, graph.tf.nn.biasAdd(sequences, shift(graph))),
          adapter(rows(x, INPUTS), w, ofA(INPUTS * RANK), ofB()),
          EXACT);
    }
  }

  @Test
  void aLowRankAdapterOfAConvolution() {
    Image image = Image.random(5, EXAMPLES, 5, 4, INPUTS);
    double[] w = values(3, 6 * INPUTS * OUTPUTS);
    double[][] windows =
        BruteForce.patches(
            image, new ConvolutionGeometry(3, 2, INPUTS, OUTPUTS, 2, 1, Padding.SAME), 0, INPUTS);
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> y =
          graph.tf.nn.conv2d(
              fed(graph, image.values(), EXAMPLES, 5, 4, INPUTS),
              adapted(graph, Shape.of(3, 2, INPUTS, OUTPUTS), w, Shape.of(3, 2, INPUTS, RANK)),
              List.of(1L, 2L, 1L, 1L),
              "SAME");
      FactorOracle.check(
          graph,
          loss(graph, graph.tf.nn.biasAdd(y, shift(graph))),
          adapter(windows, w, ofA(6 * INPUTS * RANK), ofB()),
          EXACT);
    }
  }

  /** The factor of A is diagonal: how often each row is looked up. */
  @Test
  void aLowRankAdapterOfAnEmbedding() {
    int words = 7;
    int[][] ids = {{0, 6, 2}, {2, 2, 5}, {1, 0, 3}, {6, 6, 6}, {4, 1, 2}};
    double[] w = values(3, words * OUTPUTS);
    double[][] units = new double[EXAMPLES * LENGTH][words];
    for (int r = 0; r < units.length; r++) {
      units[r][ids[r / LENGTH][r % LENGTH]] = 1;
    }
    Rows ofRows = Rows.of(EXAMPLES, false);
    Rows ofInner = Rows.of(EXAMPLES, false);
    for (double[] unit : units) {
      double[] inner = scaled(SCALE, times(unit, ofA(words * RANK)));
      double[] g = slopes(plus(times(unit, w), times(inner, ofB())));
      ofRows.add(unit, scaled(SCALE, timesTransposed(g, ofB())));
      ofInner.add(inner, g);
    }
    Map<String, Rows> expected = Map.of("a", ofRows, "b", ofInner);
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      Operand<TFloat64> table = adapted(graph, Shape.of(words, OUTPUTS), w, Shape.of(words, RANK));
      Operand<TFloat64> entered = graph.input(Shape.of(-1, LENGTH));
      double[] flat = Arrays.stream(ids).flatMapToInt(Arrays::stream).asDoubleStream().toArray();
      graph.feed(entered, Shape.of(EXAMPLES, LENGTH), flat);
      Operand<TFloat64> y = tf.gather(table, tf.dtypes.cast(entered, TInt32.class), tf.constant(0));
      FactorOracle.check(graph, loss(graph, y), expected, EXACT);
    }
  }

  /** Kernel and bias of three gates, each used apart on inputs of its own. */
  @ParameterizedTest
  @ValueSource(strings = {"Split", "StridedSlice"})
  void partsOfAKernelAndOfItsBias(String form) {
    int units = OUTPUTS / 3;
    double[] w = values(1, INPUTS * OUTPUTS);
    double[] b = values(2, OUTPUTS);
    Rows expected = Rows.of(EXAMPLES, true);
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      Operand<TFloat64> kernel = graph.variable("w", 1, Shape.of(INPUTS, OUTPUTS));
      Operand<TFloat64> bias = graph.variable("b", 2, Shape.of(OUTPUTS));
      Operand<TFloat64> sum = tf.constant(0.0);
      for (int gate = 0; gate < 3; gate++) {
        double[] x = values(5 + gate, EXAMPLES * INPUTS);
        Operand<TFloat64> data = fed(graph, x, EXAMPLES, INPUTS);
        Operand<TFloat64> part = part(graph, form, kernel, 1, gate, units);
        Operand<TFloat64> shift = part(graph, form, bias, 0, gate, units);
        Operand<TFloat64> y = tf.math.add(tf.linalg.matMul(data, part), shift);
        sum = tf.math.add(sum, loss(graph, y));
        for (double[] row : rows(x, INPUTS)) {
          double[] full = plus(times(row, w), b);
          double[] own = Arrays.copyOfRange(full, gate * units, (gate + 1) * units);
          expected.add(row, padded(slopes(own), gate * units, OUTPUTS));
        }
      }
      FactorOracle.check(graph, sum, Map.of("w", expected), EXACT);
    }
  }

  private static Operand<TFloat64> part(
      TestGraph<TFloat64> graph,
      String form,
      Operand<TFloat64> whole,
      int axis,
      int gate,
      int units) {
    Ops tf = graph.tf;
    if (form.equals("Split")) {
      return tf.split(tf.constant(axis), whole, 3L).output().get(gate);
    }
    int[] begin = new int[axis + 1];
    int[] end = new int[axis + 1];
    int[] ones = new int[axis + 1];
    Arrays.fill(ones, 1);
    Arrays.fill(end, INPUTS);
    begin[axis] = gate * units;
    end[axis] = (gate + 1) * units;
    return tf.stridedSlice(whole, tf.constant(begin), tf.constant(end), tf.constant(ones));
  }

  /** A part of the bias that belongs to another part of the outputs is no bias of the layer. */
  @Test
  void partsOfABiasInAnotherOrder() {
    double[] w = values(1, INPUTS * OUTPUTS);
    double[] b = values(2, OUTPUTS);
    int half = OUTPUTS / 2;
    Rows expected = Rows.of(EXAMPLES, false);
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      double[] x = values(5, EXAMPLES * INPUTS);
      Operand<TFloat64> data = fed(graph, x, EXAMPLES, INPUTS);
      List<Operand<TFloat64>> kernels =
          tf
              .split(tf.constant(1), graph.variable("w", 1, Shape.of(INPUTS, OUTPUTS)), 2L)
              .output()
              .stream()
              .<Operand<TFloat64>>map(one -> one)
              .toList();
      List<Operand<TFloat64>> biases =
          tf.split(tf.constant(0), graph.variable("b", 2, Shape.of(OUTPUTS)), 2L).output().stream()
              .<Operand<TFloat64>>map(one -> one)
              .toList();
      Operand<TFloat64> sum = tf.constant(0.0);
      for (int i = 0; i < 2; i++) {
        Operand<TFloat64> product = tf.linalg.matMul(data, kernels.get(i));
        sum = tf.math.add(sum, loss(graph, tf.math.add(product, biases.get(1 - i))));
        for (double[] row : rows(x, INPUTS)) {
          double[] own = Arrays.copyOfRange(times(row, w), i * half, (i + 1) * half);
          double[] shift = Arrays.copyOfRange(b, (1 - i) * half, (2 - i) * half);
          expected.add(row, padded(slopes(plus(own, shift)), i * half, OUTPUTS));
        }
      }
      FactorOracle.check(graph, sum, Map.of("w", expected), EXACT);
    }
  }

  @Test
  void aBiasBehindAReshape() {
    double[] x = values(5, EXAMPLES * LENGTH * INPUTS);
    double[] w = values(1, INPUTS * OUTPUTS);
    double[] b = values(2, OUTPUTS);
    Rows expected = Rows.of(EXAMPLES, true);
    for (double[] row : rows(x, INPUTS)) {
      expected.add(row, slopes(plus(times(row, w), b)));
    }
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      Operand<TFloat64> data =
          tf.reshape(fed(graph, x, EXAMPLES, LENGTH, INPUTS), tf.array(-1, INPUTS));
      Operand<TFloat64> y =
          tf.linalg.matMul(data, graph.variable("w", 1, Shape.of(INPUTS, OUTPUTS)));
      Operand<TFloat64> heads = tf.reshape(y, tf.array(-1, LENGTH, 2, OUTPUTS / 2));
      Operand<TFloat64> shift = graph.variable("b", 2, Shape.of(2, OUTPUTS / 2));
      FactorOracle.check(
          graph, loss(graph, tf.math.add(heads, shift)), Map.of("w", expected), EXACT);
    }
  }

  /** One of two products that are added has the bias. */
  @Test
  void aBiasOfASumOfTwoProducts() {
    double[] x = values(5, EXAMPLES * INPUTS);
    double[] h = values(6, EXAMPLES * RANK);
    double[] w = values(1, INPUTS * OUTPUTS);
    double[] u = values(2, RANK * OUTPUTS);
    double[] b = values(3, OUTPUTS);
    Rows ofW = Rows.of(EXAMPLES, false);
    Rows ofU = Rows.of(EXAMPLES, true);
    for (int n = 0; n < EXAMPLES; n++) {
      double[] ofX = rows(x, INPUTS)[n];
      double[] ofH = rows(h, RANK)[n];
      double[] g = slopes(plus(plus(times(ofX, w), times(ofH, u)), b));
      ofW.add(ofX, g);
      ofU.add(ofH, g);
    }
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      Operand<TFloat64> second =
          tf.linalg.matMul(
              fed(graph, h, EXAMPLES, RANK), graph.variable("u", 2, Shape.of(RANK, OUTPUTS)));
      Operand<TFloat64> first =
          tf.linalg.matMul(
              fed(graph, x, EXAMPLES, INPUTS), graph.variable("w", 1, Shape.of(INPUTS, OUTPUTS)));
      Operand<TFloat64> y =
          tf.math.add(tf.math.add(first, second), graph.variable("b", 3, Shape.of(OUTPUTS)));
      Map<String, Rows> expected = new LinkedHashMap<>();
      expected.put("u", ofU);
      expected.put("w", ofW);
      FactorOracle.check(graph, loss(graph, y), expected, EXACT);
    }
  }
}
