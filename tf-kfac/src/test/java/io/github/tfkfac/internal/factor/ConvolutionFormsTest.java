package io.github.tfkfac.internal.factor;

import static io.github.tfkfac.internal.factor.FactorOracle.loss;
import static io.github.tfkfac.internal.factor.FactorOracle.plus;
import static io.github.tfkfac.internal.factor.FactorOracle.slopes;
import static io.github.tfkfac.internal.factor.FactorOracle.times;

import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.extension.ConvolutionGeometry.Padding;
import io.github.tfkfac.internal.factor.BruteForce.Image;
import io.github.tfkfac.internal.factor.FactorOracle.Rows;
import io.github.tfkfac.testing.TestGraph;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/** Dilated and merged convolutions, as graphs write them, have the factors of plain loops. */
class ConvolutionFormsTest {

  private static final double EXACT = 1e-9;
  private static final double SINGLE_PRECISION = 1e-4;
  private static final int EXAMPLES = 3;
  private static final int HEIGHT = 7;
  private static final int WIDTH = 6;
  private static final int INPUTS = 2;
  private static final int OUTPUTS = 3;
  private static final List<Long> ONE = List.of(1L, 1L, 1L, 1L);

  /**
   * A convolution without strides: {@code y = Σ w x} at {@code out + k · dilation - before}.
   *
   * @param height rows of the kernel
   * @param width columns of the kernel
   */
  private record Loops(int height, int width, int[] dilation, int[][] margins) {

    Rows rows(Image image, double[] kernel, double[] bias) {
      Rows rows = Rows.of(image.examples(), bias.length > 0);
      add(rows, image, kernel, bias);
      return rows;
    }

    void add(Rows rows, Image image, double[] kernel, double[] bias) {
      int outHeight = length(image.height(), height, 0);
      int outWidth = length(image.width(), width, 1);
      for (int n = 0; n < image.examples(); n++) {
        for (int y = 0; y < outHeight; y++) {
          for (int x = 0; x < outWidth; x++) {
            double[] window = window(image, n, y - margins[0][0], x - margins[1][0]);
            double[] output = times(window, kernel);
            rows.add(window, slopes(bias.length > 0 ? plus(output, bias) : output));
          }
        }
      }
    }

    private int length(int size, int kernel, int axis) {
      return size + margins[axis][0] + margins[axis][1] - (kernel - 1) * dilation[axis];
    }

    private double[] window(Image image, int n, int top, int left) {
      double[] window = new double[height * width * image.channels()];
      int at = 0;
      for (int ky = 0; ky < height; ky++) {
        for (int kx = 0; kx < width; kx++) {
          for (int c = 0; c < image.channels(); c++) {
            window[at++] = image.at(n, top + ky * dilation[0], left + kx * dilation[1], c);
          }
        }
      }
      return window;
    }
  }

  private static Image image() {
    return Image.random(5, EXAMPLES, HEIGHT, WIDTH, INPUTS);
  }

  private static Operand<TFloat64> fed(TestGraph<TFloat64> graph, Image image, long... declared) {
    Operand<TFloat64> x = graph.input(Shape.of(declared));
    Shape shape = Shape.of(image.examples(), image.height(), image.width(), image.channels());
    graph.feed(x, shape, image.values());
    return x;
  }

  private static Operand<TFloat64> kernel(TestGraph<TFloat64> graph, long... shape) {
    return graph.variable("w", 1, Shape.of(shape));
  }

  private static double[] kernelValues(int length) {
    return TestGraph.random(1, length);
  }

  private static Operand<TFloat64> biased(TestGraph<TFloat64> graph, Operand<TFloat64> y) {
    return graph.tf.nn.biasAdd(y, graph.variable("b", 2, Shape.of(OUTPUTS)));
  }

  private static double[] biasValues() {
    return TestGraph.random(2, OUTPUTS);
  }

  @ParameterizedTest
  @CsvSource({"SAME, 2, 1", "SAME, 1, 3", "VALID, 2, 2", "VALID, 3, 1"})
  void dilationsOfTheOperation(String padding, int rows, int columns) {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> y =
          graph.tf.nn.conv2d(
              fed(graph, image(), -1, HEIGHT, WIDTH, INPUTS),
              kernel(graph, 3, 2, INPUTS, OUTPUTS),
              ONE,
              padding,
              Conv2d.dilations(1L, (long) rows, (long) columns, 1L));
      boolean same = padding.equals("SAME");
      int[][] margins = {{0, 0}, {0, 0}};
      if (same) {
        margins = new int[][] {{rows, rows}, {columns / 2, columns - columns / 2}};
      }
      Loops loops = new Loops(3, 2, new int[] {rows, columns}, margins);
      FactorOracle.check(
          graph,
          loss(graph, biased(graph, y)),
          Map.of("w", loops.rows(image(), kernelValues(36), biasValues())),
          EXACT);
    }
  }

  /** Paddings and crops of height, then of width; blocks of 2 rows and 3 columns. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "2 3 0 0 / 0 1 0 0", // without padding; the last block is filled up
        "2 3 1 2 / 0 1 0 0", // as SAME in both
        "4 1 2 1 / 0 0 0 0", // causal rows
        "1 0 0 3 / 0 0 1 2", // something in between
        "1 2 0 0 / 3 0 1 1" // more is taken off than was added
      })
  void blocksWithAnyPaddingsAndCrops(String margins) {
    int[] p = numbers(margins.substring(0, margins.indexOf('/')));
    int[] c = numbers(margins.substring(margins.indexOf('/') + 1));
    int[][] paddings = {{p[0], p[1]}, {p[2], p[3]}};
    int[][] crops = {{c[0], c[1]}, {c[2], c[3]}};
    for (boolean open : new boolean[] {false, true}) {
      try (TestGraph<TFloat64> graph = TestGraph.float64()) {
        Ops tf = graph.tf;
        Operand<TFloat64> x =
            fed(graph, image(), -1, open ? -1 : HEIGHT, open ? -1 : WIDTH, INPUTS);
        Operand<TInt32> zero =
            tf.math.sub(
                tf.gather(tf.shape(x), tf.constant(1), tf.constant(0)), tf.constant(HEIGHT));
        Operand<TInt32> ofPads = tf.constant(paddings);
        Operand<TInt32> ofCrops = tf.constant(crops);
        Operand<TFloat64> blocks =
            tf.spaceToBatchNd(x, tf.array(2, 3), open ? tf.math.add(ofPads, zero) : ofPads);
        Operand<TFloat64> product =
            tf.nn.conv2d(blocks, kernel(graph, 3, 2, INPUTS, OUTPUTS), ONE, "VALID");
        Operand<TFloat64> y =
            tf.batchToSpaceNd(product, tf.array(2, 3), open ? tf.math.add(ofCrops, zero) : ofCrops);
        int[][] whole = {
          {p[0] - c[0], p[1] - c[1]},
          {p[2] - c[2], p[3] - c[3]}
        };
        Loops loops = new Loops(3, 2, new int[] {2, 3}, whole);
        FactorOracle.check(
            graph,
            loss(graph, biased(graph, y)),
            Map.of("w", loops.rows(image(), kernelValues(36), biasValues())),
            EXACT);
      }
    }
  }

  /** Height is cut into blocks; in width the convolution is one without padding. */
  @Test
  void blocksOfOneDimension() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      Operand<TFloat64> blocks =
          tf.spaceToBatchNd(
              fed(graph, image(), -1, HEIGHT, WIDTH, INPUTS),
              tf.array(2),
              tf.constant(new int[][] {{2, 3}}));
      Operand<TFloat64> product =
          tf.nn.conv2d(blocks, kernel(graph, 3, 2, INPUTS, OUTPUTS), ONE, "VALID");
      Operand<TFloat64> y =
          tf.batchToSpaceNd(product, tf.array(2), tf.constant(new int[][] {{0, 1}}));
      Loops loops = new Loops(3, 2, new int[] {2, 1}, new int[][] {{2, 2}, {0, 0}});
      FactorOracle.check(
          graph,
          loss(graph, biased(graph, y)),
          Map.of("w", loops.rows(image(), kernelValues(36), biasValues())),
          EXACT);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void causalSequences(boolean open) {
    int length = 6;
    Image sequence = Image.random(5, EXAMPLES, length, 1, INPUTS);
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      Operand<TFloat64> x = graph.input(Shape.of(-1, open ? -1 : length, INPUTS));
      graph.feed(x, Shape.of(EXAMPLES, length, INPUTS), sequence.values());
      Operand<TFloat64> padded =
          tf.pad(x, tf.constant(new int[][] {{0, 0}, {4, 0}, {0, 0}}), tf.constant(0.0));
      Operand<TInt32> none = tf.constant(new int[][] {{0, 0}});
      Operand<TFloat64> blocks = tf.spaceToBatchNd(padded, tf.array(2), none);
      Operand<TFloat64> weight = tf.expandDims(kernel(graph, 3, INPUTS, OUTPUTS), tf.constant(0));
      Operand<TFloat64> product =
          tf.nn.conv2d(tf.expandDims(blocks, tf.constant(-3)), weight, ONE, "VALID");
      Operand<TFloat64> y =
          tf.batchToSpaceNd(tf.squeeze(product, Squeeze.axis(List.of(-3L))), tf.array(2), none);
      Loops loops = new Loops(3, 1, new int[] {2, 1}, new int[][] {{4, 0}, {0, 0}});
      FactorOracle.check(
          graph,
          loss(graph, biased(graph, y)),
          Map.of("w", loops.rows(sequence, kernelValues(18), biasValues())),
          EXACT);
    }
  }

  /** Two images per example in one batch of images. */
  @Test
  void aBatchOfExamplesAndSteps() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      Image images = Image.random(5, 2 * EXAMPLES, HEIGHT, WIDTH, INPUTS);
      Operand<TFloat64> x = graph.input(Shape.of(-1, 2, HEIGHT, WIDTH, INPUTS));
      graph.feed(x, Shape.of(EXAMPLES, 2, HEIGHT, WIDTH, INPUTS), images.values());
      Operand<TFloat64> merged = tf.reshape(x, tf.array(-1, HEIGHT, WIDTH, INPUTS));
      Operand<TFloat64> y =
          tf.nn.conv2d(merged, kernel(graph, 3, 2, INPUTS, OUTPUTS), ONE, "VALID");
      Rows rows = Rows.of(EXAMPLES, true);
      new Loops(3, 2, new int[] {1, 1}, new int[2][2])
          .add(rows, images, kernelValues(36), biasValues());
      Operand<TFloat64> apart =
          tf.reshape(biased(graph, y), tf.array(-1, 2, HEIGHT - 2, WIDTH - 1, OUTPUTS));
      FactorOracle.check(graph, loss(graph, apart), Map.of("w", rows), EXACT);
    }
  }

  /** The same for groups of channels, in float32: TensorFlow's gradient on a CPU is oneDNN's. */
  @Test
  @EnabledIfSystemProperty(named = "os.arch", matches = "amd64|x86_64")
  void groupsInABatchOfExamplesAndSteps() {
    int groups = 2;
    int read = 2;
    int written = 3;
    try (TestGraph<TFloat32> graph = new TestGraph<>(TFloat32.class, TestGraph.Kind.RESOURCE)) {
      Ops tf = graph.tf;
      Image images = Image.random(5, 2 * EXAMPLES, HEIGHT, WIDTH, groups * read);
      Operand<TFloat32> x = graph.input(Shape.of(-1, 2, HEIGHT, WIDTH, (long) groups * read));
      graph.feed(x, Shape.of(EXAMPLES, 2, HEIGHT, WIDTH, (long) groups * read), images.values());
      Operand<TFloat32> y =
          tf.nn.conv2d(
              tf.reshape(x, tf.array(-1, HEIGHT, WIDTH, groups * read)),
              graph.variable("w", 1, Shape.of(3, 2, read, (long) groups * written)),
              ONE,
              "VALID");
      Rows rows = Rows.ofBlocks(EXAMPLES, false, groups);
      double[] kernel = kernelValues(6 * read * groups * written);
      ConvolutionGeometry window =
          new ConvolutionGeometry(3, 2, read, written, 1, 1, Padding.VALID);
      double[][][] windows = new double[groups][][];
      for (int group = 0; group < groups; group++) {
        windows[group] = BruteForce.patches(images, window, group * read, read);
      }
      for (int r = 0; r < groups * windows[0].length; r++) {
        double[] input = windows[r % groups][r / groups];
        double[] all = times(input, kernel);
        int first = r % groups * written;
        rows.add(input, slopes(Arrays.copyOfRange(all, first, first + written)));
      }
      Operand<TFloat32> apart =
          tf.reshape(y, tf.array(-1, 2, HEIGHT - 2, WIDTH - 1, groups * written));
      FactorOracle.check(graph, loss(graph, apart), Map.of("w", rows), SINGLE_PRECISION);
    }
  }

  @Test
  void channelsApartInABatchOfExamplesAndSteps() {
    int written = 2;
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      Image images = Image.random(5, 2 * EXAMPLES, HEIGHT, WIDTH, INPUTS);
      Operand<TFloat64> x = graph.input(Shape.of(-1, 2, HEIGHT, WIDTH, INPUTS));
      graph.feed(x, Shape.of(EXAMPLES, 2, HEIGHT, WIDTH, INPUTS), images.values());
      Operand<TFloat64> y =
          tf.nn.depthwiseConv2dNative(
              tf.reshape(x, tf.array(-1, HEIGHT, WIDTH, INPUTS)),
              kernel(graph, 3, 2, INPUTS, written),
              ONE,
              "VALID");
      Rows rows = Rows.ofBlocks(EXAMPLES, false, INPUTS);
      double[][] kernel = BruteForce.rows(kernelValues(6 * INPUTS * written), written);
      ConvolutionGeometry window = new ConvolutionGeometry(3, 2, 1, written, 1, 1, Padding.VALID);
      double[][][] windows = new double[INPUTS][][];
      for (int channel = 0; channel < INPUTS; channel++) {
        windows[channel] = BruteForce.patches(images, window, channel, 1);
      }
      for (int r = 0; r < INPUTS * windows[0].length; r++) {
        double[] input = windows[r % INPUTS][r / INPUTS];
        double[] output = new double[written];
        for (int k = 0; k < 6 * written; k++) {
          output[k % written] +=
              input[k / written] * kernel[k / written * INPUTS + r % INPUTS][k % written];
        }
        rows.add(input, slopes(output));
      }
      FactorOracle.check(graph, loss(graph, y), Map.of("w", rows), EXACT);
    }
  }

  /** Channels first, which TensorFlow does not compute on a CPU: the result is fed. */
  @Test
  void channelsFirst() {
    Image image = image();
    Loops loops = new Loops(3, 2, new int[] {1, 1}, new int[2][2]);
    Rows rows = loops.rows(image, kernelValues(36), biasValues());
    int outHeight = HEIGHT - 2;
    int outWidth = WIDTH - 1;
    double[] results = new double[EXAMPLES * OUTPUTS * outHeight * outWidth];
    for (int r = 0; r < rows.inputs().size(); r++) {
      double[] output = times(rows.inputs().get(r), kernelValues(36));
      int n = r / (outHeight * outWidth);
      int position = r % (outHeight * outWidth);
      for (int c = 0; c < OUTPUTS; c++) {
        results[(n * OUTPUTS + c) * outHeight * outWidth + position] = output[c];
      }
    }
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      Operand<TFloat64> x = fed(graph, image, -1, HEIGHT, WIDTH, INPUTS);
      Operand<TFloat64> y =
          tf.nn.conv2d(
              tf.linalg.transpose(x, tf.array(0, 3, 1, 2)),
              kernel(graph, 3, 2, INPUTS, OUTPUTS),
              ONE,
              "VALID",
              Conv2d.dataFormat("NCHW"));
      graph.feed(y, Shape.of(EXAMPLES, OUTPUTS, outHeight, outWidth), results);
      Operand<TFloat64> b =
          tf.reshape(graph.variable("b", 2, Shape.of(OUTPUTS)), tf.array(1, OUTPUTS, 1, 1));
      FactorOracle.checkFactors(graph, loss(graph, tf.math.add(y, b)), Map.of("w", rows), EXACT);
    }
  }

  private static int[] numbers(String text) {
    return Arrays.stream(text.strip().split(" ")).mapToInt(Integer::parseInt).toArray();
  }
}
