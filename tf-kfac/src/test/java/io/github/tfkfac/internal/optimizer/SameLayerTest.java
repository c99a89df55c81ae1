package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.testing.DenseForms;
import io.github.tfkfac.testing.DenseForms.Form;
import io.github.tfkfac.testing.TestGraph;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.op.nn.DepthwiseConv2dNative;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/**
 * One layer written in the ways that frameworks write it: the factors, and the steps of every
 * optimizer, are the same. That the factors are those of plain loops is tested beside the moments.
 */
class SameLayerTest {

  private static final int EXAMPLES = 3;
  private static final int HEIGHT = 6;
  private static final int WIDTH = 5;
  private static final int INPUTS = 2;
  private static final int OUTPUTS = 3;
  private static final Shape SEQUENCES = Shape.of(EXAMPLES, DenseForms.LENGTH, DenseForms.INPUTS);
  private static final Shape IMAGES = Shape.of(EXAMPLES, HEIGHT, WIDTH, INPUTS);
  private static final List<Long> ONE = List.of(1L, 1L, 1L, 1L);

  private static TrainedNetwork.Network network(Form form, int outputs) {
    return (graph, x) -> {
      Ops tf = graph.tf;
      Operand<TFloat64> b = graph.variable("b", 2, Shape.of(outputs));
      Operand<TFloat64> h = tf.math.tanh(tf.math.add(form.apply(graph, x), b));
      return tf.math.div(graph.halfSquare(h), tf.constant((double) EXAMPLES));
    };
  }

  static List<String> presets() {
    return TrainedNetwork.presets().toList();
  }

  @ParameterizedTest
  @MethodSource("presets")
  void everyFormHasTheSameFactorsAndSteps(String preset) {
    Form plain = DenseForms.forms().get("BatchMatMul");
    Map<String, double[]> expected =
        TrainedNetwork.of(network(plain, DenseForms.OUTPUTS), preset, SEQUENCES, true);
    DenseForms.forms()
        .forEach(
            (name, form) ->
                TrainedNetwork.assertSame(
                    name,
                    TrainedNetwork.of(network(form, DenseForms.OUTPUTS), preset, SEQUENCES, true),
                    expected));
  }

  /** A kernel of one row and one column has nothing to dilate. */
  @ParameterizedTest
  @MethodSource("presets")
  void aKernelOfOnePositionIsTheSameAtEveryDilation(String preset) {
    Map<String, Form> forms = new LinkedHashMap<>();
    for (int dilation : new int[] {2, 4}) {
      forms.put(
          "dilations " + dilation,
          (g, x) ->
              g.tf.nn.conv2d(
                  x,
                  kernel(g),
                  ONE,
                  "SAME",
                  Conv2d.dilations(1L, dilation * 1L, dilation * 1L, 1L)));
      forms.put("blocks of " + dilation, (g, x) -> inBlocks(g, x, dilation, dilation));
    }
    forms.put("blocks of 4 rows and 1 column", (g, x) -> inBlocks(g, x, 4, 1));
    forms.put("blocks of 1 row and 2 columns", (g, x) -> inBlocks(g, x, 1, 2));
    Map<String, double[]> expected =
        TrainedNetwork.of(
            network((g, x) -> g.tf.nn.conv2d(x, kernel(g), ONE, "SAME"), OUTPUTS),
            preset,
            IMAGES,
            true);
    forms.forEach(
        (name, form) ->
            TrainedNetwork.assertSame(
                name, TrainedNetwork.of(network(form, OUTPUTS), preset, IMAGES, true), expected));
  }

  /** Paddings that no border rule gives, in strides, as PyTorch's convolutions have them. */
  @ParameterizedTest
  @MethodSource("presets")
  void explicitPaddingsAreThoseOfThePaddedImages(String preset) {
    int[][] margins = {{0, 0}, {1, 2}, {2, 0}, {0, 0}};
    List<Long> two = List.of(1L, 2L, 2L, 1L);
    Form padded =
        (g, x) ->
            g.tf.nn.conv2d(
                g.tf.pad(x, g.tf.constant(margins), g.tf.constant(0.0)), square(g), two, "VALID");
    Form explicit =
        (g, x) ->
            g.tf.nn.conv2d(
                x,
                square(g),
                two,
                "EXPLICIT",
                Conv2d.explicitPaddings(0L, 0L, 1L, 2L, 2L, 0L, 0L, 0L));
    TrainedNetwork.assertSame(
        "explicit paddings",
        TrainedNetwork.of(network(explicit, OUTPUTS), preset, IMAGES, true),
        TrainedNetwork.of(network(padded, OUTPUTS), preset, IMAGES, true));

    Form depthwisePadded =
        (g, x) ->
            g.tf.nn.depthwiseConv2dNative(
                g.tf.pad(x, g.tf.constant(margins), g.tf.constant(0.0)),
                g.variable("w", 1, Shape.of(3, 3, INPUTS, 1)),
                two,
                "VALID");
    Form depthwise =
        (g, x) ->
            g.tf.nn.depthwiseConv2dNative(
                x,
                g.variable("w", 1, Shape.of(3, 3, INPUTS, 1)),
                two,
                "EXPLICIT",
                DepthwiseConv2dNative.explicitPaddings(0L, 0L, 1L, 2L, 2L, 0L, 0L, 0L));
    TrainedNetwork.assertSame(
        "depthwise, explicit paddings",
        TrainedNetwork.of(network(depthwise, INPUTS), preset, IMAGES, true),
        TrainedNetwork.of(network(depthwisePadded, INPUTS), preset, IMAGES, true));
  }

  private static Operand<TFloat64> square(TestGraph<TFloat64> graph) {
    return graph.variable("w", 1, Shape.of(3, 3, INPUTS, OUTPUTS));
  }

  private static Operand<TFloat64> kernel(TestGraph<TFloat64> graph) {
    return graph.variable("w", 1, Shape.of(1, 1, INPUTS, OUTPUTS));
  }

  private static Operand<TFloat64> inBlocks(
      TestGraph<TFloat64> graph, Operand<TFloat64> x, int rows, int columns) {
    Ops tf = graph.tf;
    int[] block = {rows, columns};
    int[][] filled = {
      {0, (rows - HEIGHT % rows) % rows}, {0, (columns - WIDTH % columns) % columns}
    };
    Operand<TInt32> margins = tf.constant(filled);
    Operand<TFloat64> product =
        tf.nn.conv2d(
            tf.spaceToBatchNd(x, tf.constant(block), margins), kernel(graph), ONE, "VALID");
    return tf.batchToSpaceNd(product, tf.constant(block), margins);
  }
}
