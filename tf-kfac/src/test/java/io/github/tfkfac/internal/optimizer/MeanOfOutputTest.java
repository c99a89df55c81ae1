package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.testing.TestGraph;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/**
 * Losses that begin at a layer itself, whose gradients there have no shape that the graph knows:
 * the mean of a layer's output is trained as the sum of products with a fixed tensor is.
 */
class MeanOfOutputTest {

  private static final int EXAMPLES = 5;
  private static final List<Long> ONE = List.of(1L, 1L, 1L, 1L);

  /**
   * A layer.
   *
   * @param input shape of what is fed
   * @param output shape of the output
   * @param bias length of its bias, 0 for none
   */
  private record Layer(Shape input, Shape output, int bias, Form form) {

    Operand<TFloat64> apply(TestGraph<TFloat64> graph, Operand<TFloat64> x) {
      Operand<TFloat64> y = form.of(graph, x);
      return bias == 0 ? y : graph.tf.math.add(y, graph.variable("b", 2, Shape.of(bias)));
    }
  }

  private interface Form {
    Operand<TFloat64> of(TestGraph<TFloat64> graph, Operand<TFloat64> x);
  }

  private static Operand<TFloat64> weight(TestGraph<TFloat64> graph, long... shape) {
    return graph.variable("w", 1, Shape.of(shape));
  }

  private static Map<String, Layer> layers() {
    Map<String, Layer> layers = new LinkedHashMap<>();
    Form product = (g, x) -> g.tf.linalg.matMul(x, weight(g, 5, 4));
    Shape rows = Shape.of(EXAMPLES, 5);
    layers.put("dense", new Layer(rows, Shape.of(EXAMPLES, 4), 0, product));
    layers.put("dense with bias", new Layer(rows, Shape.of(EXAMPLES, 4), 4, product));
    Shape sequences = Shape.of(EXAMPLES, 3, 5);
    layers.put(
        "sequences",
        new Layer(
            sequences,
            Shape.of(EXAMPLES, 3, 4),
            4,
            (g, x) -> g.tf.train.batchMatMul(x, weight(g, 5, 4), TFloat64.class)));
    layers.put(
        "heads",
        new Layer(
            sequences,
            Shape.of(EXAMPLES, 3, 2, 2),
            0,
            (g, x) -> g.tf.linalg.einsum(List.of(x, weight(g, 5, 2, 2)), "abc,cde->abde")));
    Shape images = Shape.of(EXAMPLES, 4, 5, 2);
    layers.put(
        "convolution",
        new Layer(
            images,
            Shape.of(EXAMPLES, 4, 3, 3),
            3,
            (g, x) -> g.tf.nn.conv2d(x, weight(g, 3, 3, 2, 3), List.of(1L, 1L, 2L, 1L), "SAME")));
    layers.put(
        "depthwise convolution",
        new Layer(
            images,
            Shape.of(EXAMPLES, 2, 3, 4),
            4,
            (g, x) -> g.tf.nn.depthwiseConv2dNative(x, weight(g, 3, 3, 2, 2), ONE, "VALID")));
    layers.put(
        "transposed convolution",
        new Layer(
            images,
            Shape.of(EXAMPLES, 8, 10, 3),
            0,
            (g, x) -> {
              Operand<TInt32> examples = g.tf.slice(g.tf.shape(x), g.tf.array(0), g.tf.array(1));
              return g.tf.nn.conv2dBackpropInput(
                  g.tf.concat(List.of(examples, g.tf.array(8, 10, 3)), g.tf.constant(0)),
                  weight(g, 3, 3, 3, 2),
                  x,
                  List.of(1L, 2L, 2L, 1L),
                  "SAME");
            }));
    layers.put(
        "embedding",
        new Layer(
            Shape.of(EXAMPLES, 3),
            Shape.of(EXAMPLES, 3, 2),
            0,
            (g, x) -> {
              Operand<TFloat64> scaled = g.tf.math.abs(g.tf.math.mul(x, g.tf.constant(6.0)));
              return g.tf.gather(
                  weight(g, 7, 2), g.tf.dtypes.cast(scaled, TInt32.class), g.tf.constant(0));
            }));
    return layers;
  }

  static Stream<Arguments> layersAndPresets() {
    return layers().keySet().stream()
        .flatMap(layer -> TrainedNetwork.presets().map(preset -> Arguments.of(layer, preset)));
  }

  @ParameterizedTest
  @MethodSource("layersAndPresets")
  void theMeanOfALayersOutputIsTrainedAsASum(String name, String preset) {
    Layer layer = layers().get(name);
    for (boolean square : new boolean[] {false, true}) {
      TrainedNetwork.Network mean =
          (graph, x) -> {
            Operand<TFloat64> y = layer.apply(graph, x);
            int[] axes = IntStream.range(0, layer.output().numDimensions()).toArray();
            return graph.tf.math.mean(
                square ? graph.tf.math.square(y) : y, graph.tf.constant(axes));
          };
      TrainedNetwork.Network sum =
          (graph, x) -> {
            Ops tf = graph.tf;
            Operand<TFloat64> y = layer.apply(graph, x);
            double[] shares = new double[Math.toIntExact(layer.output().size())];
            Arrays.fill(shares, 1.0 / shares.length);
            Operand<TFloat64> factors = graph.constant(layer.output(), shares);
            return graph.sum(tf.math.mul(square ? tf.math.mul(y, y) : y, factors));
          };
      boolean bias = layer.bias() > 0;
      TrainedNetwork.assertSame(
          name + (square ? ", squared" : ""),
          TrainedNetwork.of(mean, preset, layer.input(), bias),
          TrainedNetwork.of(sum, preset, layer.input(), bias));
    }
  }
}
