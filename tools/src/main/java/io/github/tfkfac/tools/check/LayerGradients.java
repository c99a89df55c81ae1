package io.github.tfkfac.tools.check;

import static io.github.tfkfac.tools.check.GradientCase.ints;
import static io.github.tfkfac.tools.check.GradientCase.row;
import static io.github.tfkfac.tools.check.GradientCase.row32;

import java.util.List;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.op.nn.LeakyRelu;
import org.tensorflow.types.TFloat64;

/** Layers, activations and losses. */
final class LayerGradients {
  private static final Shape MATRIX = Shape.of(2, 3);
  private static final Shape IMAGE = Shape.of(1, 4, 4, 2);
  private static final Shape KERNEL = Shape.of(3, 3, 2, 2);
  private static final List<Shape> CONVOLUTION = List.of(IMAGE, KERNEL);
  private static final List<Long> EACH = List.of(1L, 1L, 1L, 1L);
  private static final List<Long> EVERY_SECOND = List.of(1L, 2L, 2L, 1L);

  static final List<GradientCase<?>> CASES =
      List.of(
          row("MatMul", List.of(MATRIX, Shape.of(3, 2)), (tf, x, y) -> tf.linalg.matMul(x, y)),
          row(
              "MatMul (transposed)",
              List.of(MATRIX, MATRIX),
              (tf, x, y) -> tf.linalg.matMul(x, y, MatMul.transposeB(true))),
          row(
              "BatchMatMul",
              List.of(Shape.of(2, 2, 3), Shape.of(2, 3, 1)),
              (tf, x, y) -> tf.train.batchMatMul(x, y, TFloat64.class)),
          conv2d("Conv2D (SAME, stride 2)", CONVOLUTION, EVERY_SECOND, "SAME"),
          conv2d("Conv2D (VALID)", CONVOLUTION, EACH, "VALID"),
          conv2d(
              "Conv2D (EXPLICIT padding)",
              CONVOLUTION,
              EACH,
              "EXPLICIT",
              Conv2d.explicitPaddings(0L, 0L, 1L, 1L, 1L, 1L, 0L, 0L)),
          conv2d(
              "Conv2D (VALID, dilation 2)",
              List.of(IMAGE, Shape.of(2, 2, 2, 2)),
              EACH,
              "VALID",
              Conv2d.dilations(1L, 2L, 2L, 1L)),
          conv2d(
              "Conv2D (SAME, dilation 2)",
              CONVOLUTION,
              EACH,
              "SAME",
              Conv2d.dilations(1L, 2L, 2L, 1L)),
          row(
              "Conv2DBackpropInput",
              List.of(Shape.of(1, 2, 2, 2), KERNEL),
              (tf, x, y) ->
                  tf.nn.conv2dBackpropInput(ints(tf, 1, 4, 4, 2), y, x, EVERY_SECOND, "SAME")),
          row(
              "Conv2DBackpropFilter",
              List.of(IMAGE, Shape.of(1, 4, 4, 2)),
              (tf, x, y) -> tf.nn.conv2dBackpropFilter(x, ints(tf, 3, 3, 2, 2), y, EACH, "SAME")),
          row(
              "DepthwiseConv2dNative",
              List.of(IMAGE, Shape.of(3, 3, 2, 1)),
              (tf, x, y) -> tf.nn.depthwiseConv2dNative(x, y, EACH, "SAME")),
          row(
              "Conv3D",
              List.of(Shape.of(1, 2, 2, 2, 1), Shape.of(1, 1, 1, 1, 1)),
              (tf, x, y) -> tf.nn.conv3d(x, y, List.of(1L, 1L, 1L, 1L, 1L), "VALID")),
          row("BiasAdd", List.of(MATRIX, Shape.of(3)), (tf, x, y) -> tf.nn.biasAdd(x, y)),
          row32(
              "FusedBatchNormV3 (training)",
              List.of(Shape.of(2, 2, 2, 2), Shape.of(2), Shape.of(2)),
              (tf, x) ->
                  tf.nn
                      .fusedBatchNorm(
                          x.get(0),
                          x.get(1),
                          x.get(2),
                          tf.constant(new float[0]),
                          tf.constant(new float[0]),
                          FusedBatchNorm.isTraining(true))
                      .y()),
          row32(
              "FusedBatchNormV3 (inference)",
              List.of(Shape.of(2, 2, 2, 2), Shape.of(2), Shape.of(2)),
              (tf, x) ->
                  tf.nn
                      .fusedBatchNorm(
                          x.get(0),
                          x.get(1),
                          x.get(2),
                          tf.constant(new float[] {0.1f, -0.2f}),
                          tf.constant(new float[] {0.8f, 1.5f}),
                          FusedBatchNorm.isTraining(false))
                      .y()),
          row(
              "MaxPool",
              IMAGE,
              (tf, x) -> tf.nn.maxPool(x, ints(tf, 1, 2, 2, 1), ints(tf, 1, 2, 2, 1), "VALID")),
          row("AvgPool", IMAGE, (tf, x) -> tf.nn.avgPool(x, EVERY_SECOND, EVERY_SECOND, "SAME")),
          row("Relu", MATRIX, (tf, x) -> tf.nn.relu(x)),
          row("Relu6", MATRIX, (tf, x) -> tf.nn.relu6(x)),
          row("LeakyRelu", MATRIX, (tf, x) -> tf.nn.leakyRelu(x, LeakyRelu.alpha(0.1f))),
          row("Elu", MATRIX, (tf, x) -> tf.nn.elu(x)),
          row("Selu", MATRIX, (tf, x) -> tf.nn.selu(x)),
          row("Softplus", MATRIX, (tf, x) -> tf.math.softplus(x)),
          row("Softsign", MATRIX, (tf, x) -> tf.nn.softsign(x)),
          row("Tanh", MATRIX, (tf, x) -> tf.math.tanh(x)),
          row("Sigmoid", MATRIX, (tf, x) -> tf.math.sigmoid(x)),
          row("Erf", MATRIX, (tf, x) -> tf.math.erf(x)),
          row("Softmax", MATRIX, (tf, x) -> tf.nn.softmax(x)),
          row("LogSoftmax", MATRIX, (tf, x) -> tf.nn.logSoftmax(x)),
          row(
              "SoftmaxCrossEntropyWithLogits",
              MATRIX,
              (tf, x) ->
                  tf.nn
                      .softmaxCrossEntropyWithLogits(
                          x, tf.constant(new double[][] {{0.2, 0.3, 0.5}, {1, 0, 0}}))
                      .loss()),
          row32(
              "SoftmaxCrossEntropyWithLogits",
              MATRIX,
              (tf, x) ->
                  tf.nn
                      .softmaxCrossEntropyWithLogits(
                          x, tf.constant(new float[][] {{0.2f, 0.3f, 0.5f}, {1, 0, 0}}))
                      .loss()),
          row(
              "SparseSoftmaxCrossEntropyWithLogits",
              MATRIX,
              (tf, x) -> tf.nn.sparseSoftmaxCrossEntropyWithLogits(x, ints(tf, 2, 0)).loss()),
          row("L2Loss", MATRIX, (tf, x) -> tf.nn.l2Loss(x)));

  private LayerGradients() {}

  static GradientCase<TFloat64> conv2d(
      String name,
      List<Shape> inputs,
      List<Long> strides,
      String padding,
      Conv2d.Options... options) {
    return row(name, inputs, (tf, x, y) -> tf.nn.conv2d(x, y, strides, padding, options));
  }
}
