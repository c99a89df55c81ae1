package io.github.tfkfac.tools.check;

import static io.github.tfkfac.tools.check.GradientCase.ints;

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
          GradientCase.of(
              "MatMul",
              List.of(MATRIX, Shape.of(3, 2)),
              (tf, x) -> tf.linalg.matMul(x.get(0), x.get(1))),
          GradientCase.of(
              "MatMul (transposed)",
              List.of(MATRIX, MATRIX),
              (tf, x) -> tf.linalg.matMul(x.get(0), x.get(1), MatMul.transposeB(true))),
          GradientCase.of(
              "BatchMatMul",
              List.of(Shape.of(2, 2, 3), Shape.of(2, 3, 1)),
              (tf, x) -> tf.train.batchMatMul(x.get(0), x.get(1), TFloat64.class)),
          GradientCase.of(
              "Conv2D (SAME, stride 2)",
              CONVOLUTION,
              (tf, x) -> tf.nn.conv2d(x.get(0), x.get(1), EVERY_SECOND, "SAME")),
          GradientCase.of(
              "Conv2D (VALID)",
              CONVOLUTION,
              (tf, x) -> tf.nn.conv2d(x.get(0), x.get(1), EACH, "VALID")),
          GradientCase.of(
              "Conv2D (EXPLICIT padding)",
              CONVOLUTION,
              (tf, x) ->
                  tf.nn.conv2d(
                      x.get(0),
                      x.get(1),
                      EACH,
                      "EXPLICIT",
                      Conv2d.explicitPaddings(0L, 0L, 1L, 1L, 1L, 1L, 0L, 0L))),
          GradientCase.of(
              "Conv2D (VALID, dilation 2)",
              List.of(IMAGE, Shape.of(2, 2, 2, 2)),
              (tf, x) ->
                  tf.nn.conv2d(
                      x.get(0), x.get(1), EACH, "VALID", Conv2d.dilations(1L, 2L, 2L, 1L))),
          GradientCase.of(
              "Conv2D (SAME, dilation 2)",
              CONVOLUTION,
              (tf, x) ->
                  tf.nn.conv2d(x.get(0), x.get(1), EACH, "SAME", Conv2d.dilations(1L, 2L, 2L, 1L))),
          GradientCase.of(
              "Conv2DBackpropInput",
              List.of(Shape.of(1, 2, 2, 2), KERNEL),
              (tf, x) ->
                  tf.nn.conv2dBackpropInput(
                      ints(tf, 1, 4, 4, 2), x.get(1), x.get(0), EVERY_SECOND, "SAME")),
          GradientCase.of(
              "Conv2DBackpropFilter",
              List.of(IMAGE, Shape.of(1, 4, 4, 2)),
              (tf, x) ->
                  tf.nn.conv2dBackpropFilter(
                      x.get(0), ints(tf, 3, 3, 2, 2), x.get(1), EACH, "SAME")),
          GradientCase.of(
              "DepthwiseConv2dNative",
              List.of(IMAGE, Shape.of(3, 3, 2, 1)),
              (tf, x) -> tf.nn.depthwiseConv2dNative(x.get(0), x.get(1), EACH, "SAME")),
          GradientCase.of(
              "Conv3D",
              List.of(Shape.of(1, 2, 2, 2, 1), Shape.of(1, 1, 1, 1, 1)),
              (tf, x) -> tf.nn.conv3d(x.get(0), x.get(1), List.of(1L, 1L, 1L, 1L, 1L), "VALID")),
          GradientCase.of(
              "BiasAdd",
              List.of(MATRIX, Shape.of(3)),
              (tf, x) -> tf.nn.biasAdd(x.get(0), x.get(1))),
          GradientCase.ofFloat32(
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
          GradientCase.ofFloat32(
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
          GradientCase.of(
              "MaxPool",
              IMAGE,
              (tf, x) ->
                  tf.nn.maxPool(x.get(0), ints(tf, 1, 2, 2, 1), ints(tf, 1, 2, 2, 1), "VALID")),
          GradientCase.of(
              "AvgPool",
              IMAGE,
              (tf, x) -> tf.nn.avgPool(x.get(0), EVERY_SECOND, EVERY_SECOND, "SAME")),
          GradientCase.of("Relu", MATRIX, (tf, x) -> tf.nn.relu(x.get(0))),
          GradientCase.of("Relu6", MATRIX, (tf, x) -> tf.nn.relu6(x.get(0))),
          GradientCase.of(
              "LeakyRelu", MATRIX, (tf, x) -> tf.nn.leakyRelu(x.get(0), LeakyRelu.alpha(0.1f))),
          GradientCase.of("Elu", MATRIX, (tf, x) -> tf.nn.elu(x.get(0))),
          GradientCase.of("Selu", MATRIX, (tf, x) -> tf.nn.selu(x.get(0))),
          GradientCase.of("Softplus", MATRIX, (tf, x) -> tf.math.softplus(x.get(0))),
          GradientCase.of("Softsign", MATRIX, (tf, x) -> tf.nn.softsign(x.get(0))),
          GradientCase.of("Tanh", MATRIX, (tf, x) -> tf.math.tanh(x.get(0))),
          GradientCase.of("Sigmoid", MATRIX, (tf, x) -> tf.math.sigmoid(x.get(0))),
          GradientCase.of("Erf", MATRIX, (tf, x) -> tf.math.erf(x.get(0))),
          GradientCase.of("Softmax", MATRIX, (tf, x) -> tf.nn.softmax(x.get(0))),
          GradientCase.of("LogSoftmax", MATRIX, (tf, x) -> tf.nn.logSoftmax(x.get(0))),
          GradientCase.of(
              "SoftmaxCrossEntropyWithLogits",
              MATRIX,
              (tf, x) ->
                  tf.nn
                      .softmaxCrossEntropyWithLogits(
                          x.get(0), tf.constant(new double[][] {{0.2, 0.3, 0.5}, {1, 0, 0}}))
                      .loss()),
          GradientCase.ofFloat32(
              "SoftmaxCrossEntropyWithLogits",
              List.of(MATRIX),
              (tf, x) ->
                  tf.nn
                      .softmaxCrossEntropyWithLogits(
                          x.get(0), tf.constant(new float[][] {{0.2f, 0.3f, 0.5f}, {1, 0, 0}}))
                      .loss()),
          GradientCase.of(
              "SparseSoftmaxCrossEntropyWithLogits",
              MATRIX,
              (tf, x) ->
                  tf.nn.sparseSoftmaxCrossEntropyWithLogits(x.get(0), ints(tf, 2, 0)).loss()),
          GradientCase.of("L2Loss", MATRIX, (tf, x) -> tf.nn.l2Loss(x.get(0))));

  private LayerGradients() {}
}
