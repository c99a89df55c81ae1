package io.github.tfkfac.internal.factor;

import static io.github.tfkfac.internal.factor.FactorOracle.loss;
import static io.github.tfkfac.internal.factor.FactorOracle.slopes;

import io.github.tfkfac.internal.factor.FactorOracle.Rows;
import io.github.tfkfac.testing.TestGraph;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.TFloat64;

/**
 * Convolutions in one to three dimensions, forward and transposed, have the factors of plain loops
 * over windows.
 */
class TransposedConvolutionTest {

  private static final double EXACT = 1e-9;
  private static final int EXAMPLES = 2;
  private static final int FEW = 2;
  private static final int MORE = 3;

  /**
   * Windows of a large volume, one for each place of a small one.
   *
   * @param large depth, height and width
   * @param small likewise
   * @param kernel likewise
   * @param strides distances of windows
   * @param before zeros before the large volume
   */
  private record Windows(int[] large, int[] small, int[] kernel, int[] strides, int[] before) {

    /** For TensorFlow's rule of padding. */
    static Windows of(int[] large, int[] kernel, int[] strides, String padding) {
      int[] small = new int[3];
      int[] before = new int[3];
      for (int i = 0; i < 3; i++) {
        boolean same = padding.equals("SAME");
        small[i] = ((same ? large[i] : large[i] - kernel[i] + 1) + strides[i] - 1) / strides[i];
        int needed = (small[i] - 1) * strides[i] + kernel[i] - large[i];
        before[i] = same ? Math.max(needed, 0) / 2 : 0;
      }
      return new Windows(large, small, kernel, strides, before);
    }

    int places() {
      return small[0] * small[1] * small[2];
    }

    int entries() {
      return kernel[0] * kernel[1] * kernel[2];
    }

    /** Where entry k of the window at a place lies in the large volume; -1 outside. */
    int at(int place, int k) {
      int[] p = split(place, small);
      int[] e = split(k, kernel);
      int index = 0;
      for (int i = 0; i < 3; i++) {
        int at = p[i] * strides[i] - before[i] + e[i];
        if (at < 0 || at >= large[i]) {
          return -1;
        }
        index = index * large[i] + at;
      }
      return index;
    }

    private static int[] split(int index, int[] sizes) {
      return new int[] {
        index / (sizes[1] * sizes[2]), index / sizes[2] % sizes[1], index % sizes[2]
      };
    }

    int size() {
      return large[0] * large[1] * large[2];
    }

    /** The window at a place of one example's volume with channels last. */
    double[] window(double[] volumes, int example, int place, int channels) {
      double[] window = new double[entries() * channels];
      for (int k = 0; k < entries(); k++) {
        int at = at(place, k);
        if (at >= 0) {
          int from = (example * size() + at) * channels;
          System.arraycopy(volumes, from, window, k * channels, channels);
        }
      }
      return window;
    }
  }

  /** Rows of a transposed convolution whose kernel is {@code [window, MORE, FEW]}. */
  private static Rows transposed(Windows windows, double[] x, double[] kernel) {
    double[] y = new double[EXAMPLES * windows.size() * MORE];
    for (int r = 0; r < EXAMPLES * windows.places(); r++) {
      for (int k = 0; k < windows.entries(); k++) {
        int at = windows.at(r % windows.places(), k);
        for (int o = 0; at >= 0 && o < MORE; o++) {
          for (int c = 0; c < FEW; c++) {
            y[(r / windows.places() * windows.size() + at) * MORE + o] +=
                x[r * FEW + c] * kernel[(k * MORE + o) * FEW + c];
          }
        }
      }
    }
    Rows rows = Rows.of(EXAMPLES, false);
    for (int r = 0; r < EXAMPLES * windows.places(); r++) {
      rows.add(
          Arrays.copyOfRange(x, r * FEW, (r + 1) * FEW),
          windows.window(slopes(y), r / windows.places(), r % windows.places(), MORE));
    }
    return rows;
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

  @ParameterizedTest
  @CsvSource({
    "SAME, 5, 8, 2, 2", // an odd and an even height and width
    "SAME, 6, 7, 2, 3",
    "VALID, 7, 6, 2, 2",
    "VALID, 8, 7, 2, 2", // more than the windows reach
    "SAME, 4, 5, 1, 1"
  })
  void transposedInTwoDimensions(String padding, int height, int width, int down, int right) {
    Windows windows =
        Windows.of(
            new int[] {1, height, width}, new int[] {1, 3, 2}, new int[] {1, down, right}, padding);
    double[] x = values(5, EXAMPLES * windows.places() * FEW);
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      Operand<TFloat64> y =
          tf.nn.conv2dBackpropInput(
              tf.array(EXAMPLES, height, width, MORE),
              graph.variable("w", 1, Shape.of(3, 2, MORE, FEW)),
              fed(graph, x, EXAMPLES, windows.small()[1], windows.small()[2], FEW),
              List.of(1L, (long) down, (long) right, 1L),
              padding);
      Operand<TFloat64> shifted = tf.nn.biasAdd(y, graph.constant(Shape.of(MORE), 0, 0, 0));
      FactorOracle.check(
          graph, loss(graph, shifted), Map.of("w", transposed(windows, x, values(1, 36))), EXACT);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SAME", "VALID"})
  void transposedInOneDimension(String padding) {
    Windows windows =
        Windows.of(new int[] {1, 1, 9}, new int[] {1, 1, 3}, new int[] {1, 1, 2}, padding);
    double[] x = values(5, EXAMPLES * windows.places() * FEW);
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      Operand<TFloat64> rows = fed(graph, x, EXAMPLES, windows.small()[2], FEW);
      Operand<TFloat64> y =
          tf.nn.conv2dBackpropInput(
              tf.array(EXAMPLES, 1, 9, MORE),
              tf.expandDims(graph.variable("w", 1, Shape.of(3, MORE, FEW)), tf.constant(0)),
              tf.expandDims(rows, tf.constant(1)),
              List.of(1L, 1L, 2L, 1L),
              padding);
      Operand<TFloat64> squeezed = tf.squeeze(y, Squeeze.axis(List.of(1L)));
      FactorOracle.check(
          graph, loss(graph, squeezed), Map.of("w", transposed(windows, x, values(1, 18))), EXACT);
    }
  }

  @ParameterizedTest
  @CsvSource({"SAME, 2", "VALID, 2", "SAME, 1"})
  void transposedInThreeDimensions(String padding, int stride) {
    Windows windows =
        Windows.of(
            new int[] {3, 5, 4}, new int[] {2, 3, 1}, new int[] {1, stride, stride}, padding);
    int[] small = windows.small();
    double[] x = values(5, EXAMPLES * windows.places() * FEW);
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> y =
          graph.tf.nn.conv3dBackpropInput(
              graph.tf.array(EXAMPLES, 3, 5, 4, MORE),
              graph.variable("w", 1, Shape.of(2, 3, 1, MORE, FEW)),
              fed(graph, x, EXAMPLES, small[0], small[1], small[2], FEW),
              List.of(1L, 1L, (long) stride, (long) stride, 1L),
              padding);
      FactorOracle.check(
          graph, loss(graph, y), Map.of("w", transposed(windows, x, values(1, 36))), EXACT);
    }
  }

  @ParameterizedTest
  @CsvSource({"SAME, 2, 1", "VALID, 2, 1", "SAME, 1, 1", "VALID, 1, 2"})
  void forwardInThreeDimensions(String padding, int stride, int steps) {
    Windows windows =
        Windows.of(
            new int[] {3, 5, 4}, new int[] {2, 3, 1}, new int[] {1, stride, stride}, padding);
    double[] x = values(5, EXAMPLES * steps * windows.size() * FEW);
    double[] kernel = values(1, 36);
    double[] bias = values(2, MORE);
    Rows rows = Rows.of(EXAMPLES, true);
    for (int r = 0; r < EXAMPLES * steps * windows.places(); r++) {
      double[] window = windows.window(x, r / windows.places(), r % windows.places(), FEW);
      rows.add(window, slopes(FactorOracle.plus(FactorOracle.times(window, kernel), bias)));
    }
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      Operand<TFloat64> volumes =
          tf.reshape(fed(graph, x, EXAMPLES, steps, 3, 5, 4, FEW), tf.array(-1, 3, 5, 4, FEW));
      Operand<TFloat64> y =
          tf.nn.conv3d(
              volumes,
              graph.variable("w", 1, Shape.of(2, 3, 1, FEW, MORE)),
              List.of(1L, 1L, (long) stride, (long) stride, 1L),
              padding);
      Operand<TFloat64> shifted = tf.nn.biasAdd(y, graph.variable("b", 2, Shape.of(MORE)));
      FactorOracle.check(graph, loss(graph, shifted), Map.of("w", rows), EXACT);
    }
  }

  /** The bias of a transposed convolution is added at other positions than its factors have. */
  @Test
  void transposedWithABiasOfTheOutputs() {
    Windows windows =
        Windows.of(new int[] {1, 5, 5}, new int[] {1, 3, 2}, new int[] {1, 2, 2}, "SAME");
    double[] x = values(5, EXAMPLES * windows.places() * FEW);
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      Operand<TFloat64> y =
          tf.nn.conv2dBackpropInput(
              tf.array(EXAMPLES, 5, 5, MORE),
              graph.variable("w", 1, Shape.of(3, 2, MORE, FEW)),
              fed(graph, x, EXAMPLES, 3, 3, FEW),
              List.of(1L, 2L, 2L, 1L),
              "SAME");
      Operand<TFloat64> b = graph.variable("b", Shape.of(MORE), 0, 0, 0);
      FactorOracle.check(
          graph,
          loss(graph, tf.nn.biasAdd(y, b)),
          Map.of("w", transposed(windows, x, values(1, 36))),
          EXACT);
    }
  }
}
