package io.github.tfkfac.internal.optimizer;

import static io.github.tfkfac.testing.NkfacOracle.matrix;

import io.github.tfkfac.testing.Windows;
import java.util.ArrayList;
import java.util.List;
import org.ejml.simple.SimpleMatrix;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.nn.BiasAdd;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat64;

/**
 * A way to write a layer with TensorFlow's operations, together with what it is as a product of
 * matrices.
 *
 * @param name what a failure is reported under
 * @param input shape of the input that is fed
 * @param batchAxis dimension of the input that is unknown when the graph is built
 * @param weight shape of the weight variable
 * @param blocks independent products that the layer consists of
 * @param outputs columns of each block
 * @param bias whether a bias of {@code blocks * outputs} entries is added
 * @param rows the input rows of a block, without the 1 of a bias
 * @param weightIndex where an entry of a block's matrix is stored in the weight variable
 * @param forward the layer in TensorFlow's operations; the bias is null if there is none
 */
record SmallLayer(
    String name,
    Shape input,
    int batchAxis,
    Shape weight,
    int blocks,
    int outputs,
    boolean bias,
    Rows rows,
    WeightIndex weightIndex,
    Forward forward) {

  interface Rows {
    SimpleMatrix of(double[] input, int block);
  }

  interface WeightIndex {
    int of(int block, int row, int column);
  }

  interface Forward {
    Operand<TFloat64> build(
        Ops tf, Operand<TFloat64> x, Operand<TFloat64> weight, Operand<TFloat64> bias);
  }

  Shape declared() {
    long[] dimensions = input.asArray().clone();
    dimensions[batchAxis] = Shape.UNKNOWN_SIZE;
    return Shape.of(dimensions);
  }

  int inputs() {
    return Math.toIntExact(weight.size()) / blocks / outputs;
  }

  @Override
  public String toString() {
    return name;
  }

  static List<SmallLayer> all() {
    List<SmallLayer> kinds = new ArrayList<>();
    kinds.addAll(dense());
    kinds.addAll(batched());
    kinds.addAll(einsums());
    kinds.addAll(convolutions());
    kinds.addAll(depthwise());
    return kinds;
  }

  private static List<SmallLayer> dense() {
    List<SmallLayer> kinds = new ArrayList<>();
    for (boolean left : new boolean[] {false, true}) {
      for (boolean right : new boolean[] {false, true}) {
        Shape input = left ? Shape.of(3, 5) : Shape.of(5, 3);
        kinds.add(
            denseKind(
                "MatMul" + (left ? ", transpose_a" : "") + (right ? ", transpose_b" : ""),
                input,
                left ? 1 : 0,
                right,
                true,
                left,
                (tf, x, w, b) ->
                    tf.nn.biasAdd(
                        tf.linalg.matMul(x, w, MatMul.transposeA(left), MatMul.transposeB(right)),
                        b)));
      }
    }
    Shape input = Shape.of(5, 3);
    kinds.add(
        denseKind(
            "MatMul without bias",
            input,
            0,
            false,
            false,
            false,
            (tf, x, w, b) -> tf.linalg.matMul(x, w)));
    kinds.add(
        denseKind(
            "MatMul and Add",
            input,
            0,
            false,
            true,
            false,
            (tf, x, w, b) -> tf.math.add(tf.linalg.matMul(x, w), b)));
    kinds.add(
        denseKind(
            "Add with the bias first",
            input,
            0,
            false,
            true,
            false,
            (tf, x, w, b) -> tf.math.add(b, tf.linalg.matMul(x, w))));
    return kinds;
  }

  private static List<SmallLayer> batched() {
    List<SmallLayer> kinds = new ArrayList<>();
    for (boolean left : new boolean[] {false, true}) {
      for (boolean right : new boolean[] {false, true}) {
        kinds.add(
            denseKind(
                "BatchMatMul of rank 3" + (left ? ", adj_x" : "") + (right ? ", adj_y" : ""),
                left ? Shape.of(2, 3, 4) : Shape.of(2, 4, 3),
                0,
                right,
                true,
                left,
                (tf, x, w, b) ->
                    tf.nn.biasAdd(
                        tf.train.batchMatMul(
                            x, w, TFloat64.class, BatchMatMul.adjX(left), BatchMatMul.adjY(right)),
                        b)));
      }
    }
    kinds.add(
        denseKind(
            "BatchMatMulV2 of rank 4",
            Shape.of(2, 2, 2, 3),
            0,
            false,
            true,
            false,
            (tf, x, w, b) ->
                tf.math.add(
                    tf.scope()
                        .env()
                        .opBuilder("BatchMatMulV2", "batch_mat_mul_2", tf.scope())
                        .addInput(x.asOutput())
                        .addInput(w.asOutput())
                        .build()
                        .<TFloat64>output(0),
                    b)));
    return kinds;
  }

  private static List<SmallLayer> einsums() {
    Shape input = Shape.of(2, 4, 3);
    return List.of(
        einsum("abc,cd->abd", input, false, false),
        einsum("cd,abc->abd", input, false, true),
        einsum("abc,dc->abd", input, true, false),
        einsum("dc,abc->abd", input, true, true),
        einsum("ac,cd->ad", Shape.of(5, 3), false, false));
  }

  private static SmallLayer einsum(
      String equation, Shape input, boolean transposed, boolean weightFirst) {
    return denseKind(
        "Einsum " + equation,
        input,
        0,
        transposed,
        true,
        false,
        (tf, x, w, b) ->
            tf.math.add(
                tf.linalg.einsum(weightFirst ? List.of(w, x) : List.of(x, w), equation), b));
  }

  private static SmallLayer denseKind(
      String name,
      Shape input,
      int batchAxis,
      boolean weightTransposed,
      boolean bias,
      boolean inputTransposed,
      Forward forward) {
    int outputs = 2;
    int inputs = 3;
    return new SmallLayer(
        name,
        input,
        batchAxis,
        weightTransposed ? Shape.of(outputs, inputs) : Shape.of(inputs, outputs),
        1,
        outputs,
        bias,
        (values, block) ->
            inputTransposed
                ? transposedRows(values, input)
                : matrix(values.length / inputs, inputs, values),
        (block, row, column) -> weightTransposed ? column * inputs + row : row * outputs + column,
        forward);
  }

  /** Rows of an input whose last two dimensions are features and rows. */
  private static SimpleMatrix transposedRows(double[] values, Shape input) {
    int features = Math.toIntExact(input.get(input.numDimensions() - 2));
    int perMatrix = Math.toIntExact(input.get(input.numDimensions() - 1));
    SimpleMatrix all = new SimpleMatrix(0, features);
    for (int start = 0; start < values.length; start += features * perMatrix) {
      double[] one = java.util.Arrays.copyOfRange(values, start, start + features * perMatrix);
      SimpleMatrix rows = matrix(features, perMatrix, one).transpose();
      all = start == 0 ? rows : all.concatRows(rows);
    }
    return all;
  }

  private static List<SmallLayer> convolutions() {
    return List.of(
        convolution("Conv2D 3x3, SAME", new Windows(5, 4, 2, 3, 1, true), true, plain("SAME", 1)),
        convolution(
            "Conv2D 3x3, stride 2, SAME", new Windows(6, 5, 2, 3, 2, true), true, plain("SAME", 2)),
        convolution(
            "Conv2D 2x2, stride 2, VALID",
            new Windows(5, 4, 2, 2, 2, false),
            true,
            plain("VALID", 2)),
        convolution(
            "Conv2D 3x3, VALID, no bias",
            new Windows(4, 4, 2, 3, 1, false),
            false,
            plain("VALID", 1)),
        convolution(
            "Conv2D 1x1, bias added",
            new Windows(3, 3, 2, 1, 1, false),
            true,
            (tf, x, w, b) -> tf.math.add(b, conv(tf, x, w, "VALID", 1))),
        convolution(
            "Pad, then Conv2D 3x3, stride 2, VALID",
            new Windows(6, 6, 2, 3, 2, false),
            true,
            (tf, x, w, b) -> tf.nn.biasAdd(conv(tf, padded(tf, x), w, "VALID", 2), b)));
  }

  private static Forward plain(String padding, long stride) {
    return (tf, x, w, b) -> {
      Operand<TFloat64> output = conv(tf, x, w, padding, stride);
      return b == null ? output : tf.nn.biasAdd(output, b, new BiasAdd.Options[0]);
    };
  }

  private static Operand<TFloat64> conv(
      Ops tf, Operand<TFloat64> x, Operand<TFloat64> w, String padding, long stride) {
    return tf.nn.conv2d(x, w, List.of(1L, stride, stride, 1L), padding);
  }

  private static Operand<TFloat64> padded(Ops tf, Operand<TFloat64> x) {
    return tf.pad(x, tf.constant(new int[][] {{0, 0}, {1, 1}, {1, 1}, {0, 0}}), tf.constant(0.0));
  }

  /** The windows of a padded convolution are those over the image with its zero border. */
  private static SmallLayer convolution(
      String name, Windows windows, boolean bias, Forward forward) {
    boolean padded = name.startsWith("Pad");
    int border = padded ? 1 : 0;
    int channels = windows.channels();
    int height = windows.height() - 2 * border;
    int width = windows.width() - 2 * border;
    int outputs = 3;
    return new SmallLayer(
        name,
        Shape.of(2, height, width, channels),
        0,
        Shape.of(windows.kernel(), windows.kernel(), channels, outputs),
        1,
        outputs,
        bias,
        (values, block) ->
            new SimpleMatrix(
                windows.patches(bordered(values, height, width, channels, border), 0, channels)),
        (block, row, column) -> row * outputs + column,
        forward);
  }

  private static double[] bordered(
      double[] images, int height, int width, int channels, int border) {
    int wide = (width + 2 * border) * channels;
    int size = (height + 2 * border) * wide;
    double[] result = new double[images.length / (height * width * channels) * size];
    for (int row = 0; row < images.length / (width * channels); row++) {
      int target = row / height * size + (row % height + border) * wide + border * channels;
      System.arraycopy(images, row * width * channels, result, target, width * channels);
    }
    return result;
  }

  private static List<SmallLayer> depthwise() {
    return List.of(
        depthwise("DepthwiseConv2dNative 3x3, SAME", new Windows(4, 4, 3, 3, 1, true), true),
        depthwise(
            "DepthwiseConv2dNative 2x2, stride 2, VALID", new Windows(5, 5, 3, 2, 2, false), true),
        depthwise("DepthwiseConv2dNative 2x2, no bias", new Windows(3, 3, 3, 2, 1, false), false));
  }

  private static SmallLayer depthwise(String name, Windows windows, boolean bias) {
    int channels = windows.channels();
    int multiplier = 2;
    List<Long> strides = List.of(1L, (long) windows.stride(), (long) windows.stride(), 1L);
    return new SmallLayer(
        name,
        Shape.of(2, windows.height(), windows.width(), channels),
        0,
        Shape.of(windows.kernel(), windows.kernel(), channels, multiplier),
        channels,
        multiplier,
        bias,
        (values, block) -> new SimpleMatrix(windows.patches(values, block, 1)),
        (block, row, column) -> (row * channels + block) * multiplier + column,
        (tf, x, w, b) -> {
          Operand<TFloat64> output =
              tf.nn.depthwiseConv2dNative(x, w, strides, windows.same() ? "SAME" : "VALID");
          return bias ? tf.nn.biasAdd(output, b, new BiasAdd.Options[0]) : output;
        });
  }
}
