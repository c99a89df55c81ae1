package io.github.tfkfac.internal.factor;

import static io.github.tfkfac.internal.factor.FactorOracle.loss;
import static io.github.tfkfac.internal.factor.FactorOracle.plus;
import static io.github.tfkfac.internal.factor.FactorOracle.slopes;
import static io.github.tfkfac.internal.factor.FactorOracle.times;

import io.github.tfkfac.internal.factor.FactorOracle.Rows;
import io.github.tfkfac.testing.DenseForms;
import io.github.tfkfac.testing.TestGraph;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/** A dense layer in every form, and in half precision, has the factors of plain loops. */
class DenseFormsTest {

  private static final double EXACT = 1e-9;
  private static final double HALF = 5e-3;
  private static final double BRAIN = 3e-2;
  private static final int EXAMPLES = 3;
  private static final int INPUTS = DenseForms.INPUTS;
  private static final int OUTPUTS = DenseForms.OUTPUTS;
  private static final Shape FED = Shape.of(EXAMPLES, DenseForms.LENGTH, INPUTS);
  private static final Shape OPEN = Shape.of(-1, DenseForms.LENGTH, INPUTS);

  static Set<String> forms() {
    return DenseForms.forms().keySet();
  }

  private static double[] data() {
    return TestGraph.random(5, FED.size());
  }

  private static Map<String, Rows> expected() {
    Rows rows = Rows.of(EXAMPLES, true);
    double[] w = TestGraph.random(1, INPUTS * OUTPUTS);
    double[] b = TestGraph.random(2, OUTPUTS);
    for (double[] x : BruteForce.rows(data(), INPUTS)) {
      rows.add(x, slopes(plus(times(x, w), b)));
    }
    return Map.of("w", rows);
  }

  @ParameterizedTest
  @MethodSource("forms")
  void everyFormHasTheFactorsOfPlainLoops(String form) {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> x = graph.input(OPEN);
      graph.feed(x, FED, data());
      Operand<TFloat64> y = DenseForms.forms().get(form).apply(graph, x);
      Operand<TFloat64> b = graph.variable("b", 2, Shape.of(OUTPUTS));
      FactorOracle.check(graph, loss(graph, graph.tf.math.add(y, b)), expected(), EXACT);
    }
  }

  /** Variables in float32, the layer in another type, as in mixed precision. */
  @ParameterizedTest
  @CsvSource({"float16, dense", "bfloat16, dense", "float16, convolution", "bfloat16, convolution"})
  void halfPrecision(String type, String kind) {
    boolean brain = type.equals("bfloat16");
    Class<? extends TNumber> half = brain ? TBfloat16.class : TFloat16.class;
    try (TestGraph<TFloat32> graph = new TestGraph<>(TFloat32.class, TestGraph.Kind.RESOURCE)) {
      Operand<TFloat32> x = graph.input(OPEN);
      graph.feed(x, FED, data());
      FactorOracle.check(
          graph, loss(graph, inType(graph, x, half, kind)), expected(), brain ? BRAIN : HALF);
    }
  }

  private static <H extends TNumber> Operand<TFloat32> inType(
      TestGraph<TFloat32> graph, Operand<TFloat32> x, Class<H> type, String kind) {
    Ops tf = graph.tf;
    Operand<H> w = tf.dtypes.cast(graph.variable("w", 1, Shape.of(INPUTS, OUTPUTS)), type);
    Operand<H> b = tf.dtypes.cast(graph.variable("b", 2, Shape.of(OUTPUTS)), type);
    Operand<H> rows = tf.dtypes.cast(x, type);
    Operand<H> product;
    if (kind.equals("dense")) {
      product = tf.linalg.matMul(tf.reshape(rows, tf.array(-1, INPUTS)), w);
    } else {
      product =
          tf.nn.conv2d(
              tf.expandDims(rows, tf.constant(1)),
              tf.reshape(w, tf.array(1, 1, INPUTS, OUTPUTS)),
              List.of(1L, 1L, 1L, 1L),
              "SAME");
    }
    return tf.dtypes.cast(tf.nn.biasAdd(product, b), TFloat32.class);
  }
}
