package io.github.tfkfac.tools.check;

import static io.github.tfkfac.tools.check.GradientCase.ints;
import static io.github.tfkfac.tools.check.GradientCase.raw;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.op.core.Max;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Prod;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.StridedSlice;
import org.tensorflow.op.core.Sum;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.op.image.ResizeBicubic;
import org.tensorflow.op.image.ResizeBilinear;
import org.tensorflow.op.image.ResizeNearestNeighbor;
import org.tensorflow.op.math.Cumsum;
import org.tensorflow.op.math.Mean;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.op.nn.DepthwiseConv2dNative;
import org.tensorflow.op.nn.LocalResponseNormalization;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/** Op types of the other tables with settings, ranks and shapes that are less usual. */
final class SettingsGradients {
  private static final Shape CUBE = Shape.of(2, 3, 4);
  private static final Shape MATRIX = Shape.of(3, 4);
  private static final Shape IMAGE = Shape.of(2, 6, 5, 2);
  private static final Shape FOUR = Shape.of(2, 2, 3, 2);
  private static final List<Long> EACH = List.of(1L, 1L, 1L, 1L);

  static final List<GradientCase<?>> CASES =
      List.of(
          GradientCase.of("LogSoftmax (rank 3)", CUBE, (tf, x) -> tf.nn.logSoftmax(x.get(0))),
          GradientCase.of(
              "LogSoftmax (rank 1)", Shape.of(4), (tf, x) -> tf.nn.logSoftmax(x.get(0))),
          GradientCase.of("LogSoftmax (rank 4)", FOUR, (tf, x) -> tf.nn.logSoftmax(x.get(0))),
          GradientCase.of("Softmax (rank 3)", CUBE, (tf, x) -> tf.nn.softmax(x.get(0))),
          GradientCase.of("Softmax (rank 4)", FOUR, (tf, x) -> tf.nn.softmax(x.get(0))),
          GradientCase.ofFloat32(
              "LRN (defaults)",
              List.of(Shape.of(1, 2, 2, 7)),
              (tf, x) -> tf.nn.localResponseNormalization(x.get(0))),
          GradientCase.ofFloat32(
              "LRN (AlexNet)",
              List.of(Shape.of(1, 2, 2, 7)),
              (tf, x) ->
                  tf.nn.localResponseNormalization(
                      tf.math.mul(x.get(0), tf.constant(30f)),
                      LocalResponseNormalization.depthRadius(2L),
                      LocalResponseNormalization.bias(2f),
                      LocalResponseNormalization.alpha(1e-4f),
                      LocalResponseNormalization.beta(0.75f))),
          GradientCase.of(
              "Conv2D (SAME, dilations 2 and 3)",
              List.of(IMAGE, Shape.of(3, 2, 2, 3)),
              (tf, x) ->
                  tf.nn.conv2d(x.get(0), x.get(1), EACH, "SAME", Conv2d.dilations(1L, 2L, 3L, 1L))),
          GradientCase.of(
              "Conv2D (EXPLICIT, dilation 2)",
              List.of(IMAGE, Shape.of(3, 3, 2, 3)),
              (tf, x) ->
                  tf.nn.conv2d(
                      x.get(0),
                      x.get(1),
                      EACH,
                      "EXPLICIT",
                      Conv2d.dilations(1L, 2L, 2L, 1L),
                      Conv2d.explicitPaddings(0L, 0L, 1L, 2L, 0L, 1L, 0L, 0L))),
          GradientCase.of(
              "Conv2D (EXPLICIT, stride 2)",
              List.of(IMAGE, Shape.of(3, 3, 2, 3)),
              (tf, x) ->
                  tf.nn.conv2d(
                      x.get(0),
                      x.get(1),
                      List.of(1L, 2L, 2L, 1L),
                      "EXPLICIT",
                      Conv2d.explicitPaddings(0L, 0L, 1L, 2L, 0L, 1L, 0L, 0L))),
          GradientCase.of(
              "Conv2D (SAME, stride 2, dilation 2)",
              List.of(IMAGE, Shape.of(3, 3, 2, 3)),
              (tf, x) ->
                  tf.nn.conv2d(
                      x.get(0),
                      x.get(1),
                      List.of(1L, 2L, 2L, 1L),
                      "SAME",
                      Conv2d.dilations(1L, 2L, 2L, 1L))),
          GradientCase.of(
              "Conv2D (grouped, dilation 2)",
              List.of(Shape.of(1, 5, 5, 4), Shape.of(3, 3, 2, 4)),
              (tf, x) ->
                  tf.nn.conv2d(x.get(0), x.get(1), EACH, "SAME", Conv2d.dilations(1L, 2L, 2L, 1L))),
          GradientCase.of(
              "Conv2D (grouped)",
              List.of(Shape.of(1, 5, 5, 4), Shape.of(3, 3, 2, 4)),
              (tf, x) -> tf.nn.conv2d(x.get(0), x.get(1), EACH, "SAME")),
          GradientCase.of(
              "Conv2D (grouped, EXPLICIT)",
              List.of(Shape.of(1, 5, 5, 4), Shape.of(3, 3, 2, 4)),
              (tf, x) ->
                  tf.nn.conv2d(
                      x.get(0),
                      x.get(1),
                      EACH,
                      "EXPLICIT",
                      Conv2d.explicitPaddings(0L, 0L, 2L, 1L, 0L, 1L, 0L, 0L))),
          GradientCase.of(
              "DepthwiseConv2dNative (EXPLICIT)",
              List.of(IMAGE, Shape.of(2, 2, 2, 2)),
              (tf, x) ->
                  tf.nn.depthwiseConv2dNative(
                      x.get(0),
                      x.get(1),
                      EACH,
                      "EXPLICIT",
                      DepthwiseConv2dNative.explicitPaddings(0L, 0L, 1L, 0L, 2L, 1L, 0L, 0L))),
          GradientCase.of(
              "DepthwiseConv2dNative (stride 2, VALID)",
              List.of(IMAGE, Shape.of(2, 2, 2, 2)),
              (tf, x) ->
                  tf.nn.depthwiseConv2dNative(
                      x.get(0), x.get(1), List.of(1L, 2L, 2L, 1L), "VALID")),
          GradientCase.of(
              "MaxPool (SAME, overlapping)",
              IMAGE,
              (tf, x) ->
                  tf.nn.maxPool(x.get(0), ints(tf, 1, 3, 3, 1), ints(tf, 1, 2, 2, 1), "SAME")),
          GradientCase.of(
              "MaxPool (EXPLICIT)",
              IMAGE,
              (tf, x) ->
                  raw(tf, "MaxPool", x)
                      .ints("ksize", 1, 3, 3, 1)
                      .ints("strides", 1, 2, 2, 1)
                      .ints("explicit_paddings", 0, 0, 1, 0, 0, 1, 0, 0)
                      .text("padding", "EXPLICIT")
                      .out()),
          GradientCase.of(
              "AvgPool (VALID, overlapping)",
              IMAGE,
              (tf, x) ->
                  tf.nn.avgPool(
                      x.get(0), List.of(1L, 3L, 3L, 1L), List.of(1L, 2L, 2L, 1L), "VALID")),
          GradientCase.of(
              "GatherV2 (axis -1)",
              CUBE,
              (tf, x) -> tf.gather(x.get(0), ints(tf, 3, 0, 3), tf.constant(-1))),
          GradientCase.of(
              "GatherV2 (axis -2)",
              CUBE,
              (tf, x) ->
                  tf.gather(x.get(0), tf.constant(new int[][] {{2, 0}, {2, 1}}), tf.constant(-2))),
          GradientCase.of(
              "GatherV2 (axis 1)",
              CUBE,
              (tf, x) -> tf.gather(x.get(0), ints(tf, 2, 0, 2), tf.constant(1))),
          GradientCase.of(
              "GatherV2 (axis 1, batch 1)",
              CUBE,
              (tf, x) ->
                  tf.gather(
                      x.get(0),
                      tf.constant(new int[][] {{2, 0, 2}, {1, 1, 0}}),
                      tf.constant(1),
                      Gather.batchDims(1L))),
          GradientCase.of(
              "GatherV2 (axis 2, batch 1)",
              CUBE,
              (tf, x) ->
                  tf.gather(
                      x.get(0),
                      tf.constant(new int[][] {{2, 0, 2}, {1, 1, 0}}),
                      tf.constant(2),
                      Gather.batchDims(1L))),
          GradientCase.of(
              "GatherV2 (axis -1, batch -1)",
              CUBE,
              (tf, x) ->
                  tf.gather(
                      x.get(0),
                      tf.constant(new int[][] {{2, 0, 2}, {1, 1, 0}}),
                      tf.constant(-1),
                      Gather.batchDims(-1L))),
          GradientCase.of(
              "GatherV2 (axis -1, int64)",
              CUBE,
              (tf, x) -> tf.gather(x.get(0), tf.constant(1L), tf.constant(-1L))),
          GradientCase.of("Sum (axis -1)", CUBE, (tf, x) -> tf.sum(x.get(0), ints(tf, -1, 0))),
          GradientCase.of(
              "Sum (int64 axis)", CUBE, (tf, x) -> tf.sum(x.get(0), tf.constant(new long[] {1}))),
          GradientCase.of("Sum (scalar axis)", CUBE, (tf, x) -> tf.sum(x.get(0), tf.constant(-2))),
          GradientCase.of(
              "Sum (keep_dims)",
              CUBE,
              (tf, x) -> tf.sum(x.get(0), ints(tf, -2), Sum.keepDims(true))),
          GradientCase.of(
              "Mean (axes -1 and 1, keep_dims)",
              CUBE,
              (tf, x) -> tf.math.mean(x.get(0), ints(tf, -1, 1), Mean.keepDims(true))),
          GradientCase.of(
              "Mean (no axis)", CUBE, (tf, x) -> tf.math.mean(x.get(0), tf.constant(new int[0]))),
          GradientCase.of(
              "Max (axis -1, keep_dims)",
              CUBE,
              (tf, x) -> tf.max(x.get(0), tf.constant(-1), Max.keepDims(true))),
          GradientCase.of(
              "Prod (axes -1 and 0)", CUBE, (tf, x) -> tf.prod(x.get(0), ints(tf, -1, 0))),
          GradientCase.of(
              "Prod (int64 axis, keep_dims)",
              CUBE,
              (tf, x) -> tf.prod(x.get(0), tf.constant(-2L), Prod.keepDims(true))),
          GradientCase.of(
              "Prod (with zeros)",
              MATRIX,
              (tf, x) -> tf.prod(SuppliedGradients.withZeros(tf, x.get(0)), ints(tf, 1))),
          GradientCase.of(
              "Cumsum (exclusive, reverse, axis -1)",
              CUBE,
              (tf, x) ->
                  tf.math.cumsum(
                      x.get(0), tf.constant(-1), Cumsum.exclusive(true), Cumsum.reverse(true))),
          GradientCase.of(
              "Pack (axis -1)", List.of(MATRIX, MATRIX), (tf, x) -> tf.stack(x, Stack.axis(-1L))),
          GradientCase.withOutputs(
              "Unpack (axis -1)",
              List.of(CUBE),
              (tf, x) -> tf.unstack(x.get(0), 4L, Unstack.axis(-1L)).output()),
          GradientCase.withOutputs(
              "Unpack (one of several)",
              List.of(CUBE),
              (tf, x) -> List.of(tf.unstack(x.get(0), 3L, Unstack.axis(1L)).output().get(1))),
          GradientCase.of(
              "ConcatV2 (axis -2)",
              List.of(CUBE, Shape.of(2, 1, 4)),
              (tf, x) -> tf.concat(x, tf.constant(-2))),
          GradientCase.of(
              "ConcatV2 (int64 axis)",
              List.of(CUBE, CUBE),
              (tf, x) -> tf.concat(x, tf.constant(-1L))),
          GradientCase.withOutputs(
              "Split (axis -1)",
              List.of(CUBE),
              (tf, x) -> tf.split(tf.constant(-1), x.get(0), 2L).output()),
          GradientCase.withOutputs(
              "SplitV (axis -1, one of them)",
              List.of(CUBE),
              (tf, x) ->
                  List.of(
                      tf.splitV(x.get(0), ints(tf, 1, 3), tf.constant(-1), 2L).output().get(1))),
          GradientCase.of(
              "StridedSlice (masks)",
              CUBE,
              (tf, x) ->
                  tf.stridedSlice(
                      x.get(0),
                      ints(tf, 0, 1, -1),
                      ints(tf, 0, 2, 0),
                      ints(tf, 1, 1, -2),
                      StridedSlice.beginMask(1L),
                      StridedSlice.endMask(5L),
                      StridedSlice.shrinkAxisMask(2L))),
          GradientCase.of(
              "StridedSlice (ellipsis, new axis)",
              CUBE,
              (tf, x) ->
                  tf.stridedSlice(
                      x.get(0),
                      ints(tf, 0, 0, 1),
                      ints(tf, 0, 0, 3),
                      ints(tf, 1, 1, 1),
                      StridedSlice.ellipsisMask(1L),
                      StridedSlice.newAxisMask(2L))),
          GradientCase.of(
              "StridedSlice (int64)",
              MATRIX,
              (tf, x) ->
                  tf.stridedSlice(
                      x.get(0),
                      tf.constant(new long[] {1, 0}),
                      tf.constant(new long[] {3, 4}),
                      tf.constant(new long[] {1, 3}))),
          GradientCase.of(
              "Slice (size -1)",
              CUBE,
              (tf, x) -> tf.slice(x.get(0), ints(tf, 0, 1, 1), ints(tf, -1, -1, 2))),
          GradientCase.of(
              "Pad",
              MATRIX,
              (tf, x) -> raw(tf, "Pad", List.of(x.get(0), pairs(tf, 1, 2, 0, 3))).out()),
          GradientCase.of(
              "MirrorPad (SYMMETRIC)",
              MATRIX,
              (tf, x) -> tf.mirrorPad(x.get(0), pairs(tf, 1, 2, 0, 3), "SYMMETRIC")),
          GradientCase.of(
              "Transpose (rank 3)",
              CUBE,
              (tf, x) -> tf.linalg.transpose(x.get(0), ints(tf, 2, 0, 1))),
          GradientCase.of("Tile (rank 3)", CUBE, (tf, x) -> tf.tile(x.get(0), ints(tf, 2, 1, 3))),
          GradientCase.of(
              "ExpandDims (axis -1)", CUBE, (tf, x) -> tf.expandDims(x.get(0), tf.constant(-1))),
          GradientCase.of(
              "ReverseV2 (axis -1)", CUBE, (tf, x) -> tf.reverse(x.get(0), ints(tf, -1, 0))),
          GradientCase.of(
              "ReverseSequence",
              CUBE,
              (tf, x) ->
                  raw(tf, "ReverseSequence", List.of(x.get(0), ints(tf, 2, 3)))
                      .number("seq_dim", 1)
                      .number("batch_dim", 0)
                      .out()),
          GradientCase.of(
              "BroadcastTo (inner)",
              Shape.of(2, 1, 3),
              (tf, x) -> tf.broadcastTo(x.get(0), ints(tf, 4, 2, 5, 3))),
          GradientCase.of(
              "Roll",
              CUBE,
              (tf, x) ->
                  raw(tf, "Roll", List.of(x.get(0), ints(tf, 1, -2), ints(tf, 1, -1))).out()),
          GradientCase.of(
              "SpaceToBatchND",
              IMAGE,
              (tf, x) -> tf.spaceToBatchNd(x.get(0), ints(tf, 2, 3), pairs(tf, 0, 0, 1, 0))),
          GradientCase.of(
              "BatchToSpaceND",
              Shape.of(8, 2, 3, 1),
              (tf, x) -> tf.batchToSpaceNd(x.get(0), ints(tf, 2, 2), pairs(tf, 1, 0, 0, 1))),
          GradientCase.of(
              "SpaceToDepth",
              Shape.of(1, 4, 2, 2),
              (tf, x) -> raw(tf, "SpaceToDepth", x).number("block_size", 2).out()),
          GradientCase.of(
              "DepthToSpace",
              Shape.of(1, 2, 1, 8),
              (tf, x) -> raw(tf, "DepthToSpace", x).number("block_size", 2).out()),
          GradientCase.of(
              "SelectV2 (broadcast)",
              List.of(Shape.of(3), Shape.of(2, 1)),
              (tf, x) ->
                  tf.select(
                      tf.constant(new boolean[][] {{true, false, true}, {false, false, true}}),
                      x.get(0),
                      x.get(1))),
          GradientCase.of(
              "SelectV2 (scalar)",
              List.of(Shape.of(3), Shape.of()),
              (tf, x) ->
                  tf.select(
                      tf.constant(new boolean[][] {{true, false, true}, {false, false, true}}),
                      x.get(0),
                      x.get(1))),
          GradientCase.of(
              "SelectV2 (broadcast condition)",
              List.of(MATRIX, MATRIX),
              (tf, x) ->
                  tf.select(
                      tf.constant(new boolean[][] {{true}, {false}, {true}}), x.get(0), x.get(1))),
          GradientCase.of(
              "Select (rows)",
              List.of(MATRIX, MATRIX),
              (tf, x) ->
                  raw(
                          tf,
                          "Select",
                          List.of(
                              tf.constant(new boolean[] {true, false, true}), x.get(0), x.get(1)))
                      .out()),
          GradientCase.of(
              "BatchMatMulV2 (broadcast, adjoint)",
              List.of(Shape.of(2, 1, 4, 3), Shape.of(3, 2, 4)),
              (tf, x) -> raw(tf, "BatchMatMulV2", x).flag("adj_x", true).flag("adj_y", true).out()),
          GradientCase.of(
              "BatchMatMulV2 (broadcast rows)",
              List.of(Shape.of(3, 4), Shape.of(2, 4, 2)),
              (tf, x) -> raw(tf, "BatchMatMulV2", x).out()),
          GradientCase.of(
              "MatMul (both transposed)",
              List.of(Shape.of(4, 3), Shape.of(2, 4)),
              (tf, x) ->
                  raw(tf, "MatMul", x).flag("transpose_a", true).flag("transpose_b", true).out()),
          GradientCase.of(
              "Einsum (ellipsis)",
              List.of(CUBE, Shape.of(4, 2)),
              (tf, x) -> tf.linalg.einsum(x, "...i,ij->...j")),
          GradientCase.of(
              "Einsum (attention)",
              List.of(Shape.of(2, 3, 2, 2), Shape.of(2, 4, 2, 2)),
              (tf, x) -> tf.linalg.einsum(x, "aecd,abcd->acbe")),
          GradientCase.of(
              "Einsum (sum over an index)",
              List.of(MATRIX, Shape.of(4, 2)),
              (tf, x) -> tf.linalg.einsum(x, "ij,jk->k")),
          GradientCase.of("Einsum (one operand)", CUBE, (tf, x) -> tf.linalg.einsum(x, "ijk->kj")),
          GradientCase.of(
              "Einsum (trace)", Shape.of(3, 3), (tf, x) -> tf.linalg.einsum(x, "ii->i")),
          GradientCase.of(
              "Einsum (broadcast ellipsis)",
              List.of(Shape.of(1, 3, 4), Shape.of(2, 4, 2)),
              (tf, x) -> tf.linalg.einsum(x, "...ij,...jk->...ik")),
          GradientCase.of(
              "RealDiv (inner broadcast)",
              List.of(Shape.of(2, 1, 3), Shape.of(4, 1)),
              (tf, x) -> tf.math.div(x.get(0), x.get(1))),
          GradientCase.of(
              "Pow (both, broadcast)",
              List.of(Shape.of(2, 1), Shape.of(3)),
              (tf, x) -> tf.math.pow(tf.math.abs(x.get(0)), x.get(1))),
          GradientCase.of("Mul (same twice)", MATRIX, (tf, x) -> tf.math.mul(x.get(0), x.get(0))),
          GradientCase.of(
              "Atan2", List.of(MATRIX, MATRIX), (tf, x) -> tf.math.atan2(x.get(0), x.get(1))),
          GradientCase.of(
              "Atan2 (broadcast)",
              List.of(MATRIX, Shape.of(4)),
              (tf, x) -> tf.math.atan2(x.get(0), x.get(1))),
          GradientCase.of(
              "ClipByValue (bounds)",
              List.of(MATRIX, Shape.of(), Shape.of()),
              (tf, x) ->
                  tf.clipByValue(
                      x.get(0), tf.math.neg(tf.math.abs(x.get(1))), tf.math.abs(x.get(2)))),
          GradientCase.of("Lgamma", MATRIX, (tf, x) -> tf.math.lgamma(tf.math.abs(x.get(0)))),
          GradientCase.of("Erfinv", MATRIX, (tf, x) -> tf.math.erfinv(tf.math.tanh(x.get(0)))),
          GradientCase.of("Ndtri", MATRIX, (tf, x) -> tf.math.ndtri(tf.math.sigmoid(x.get(0)))),
          GradientCase.of("Atanh", MATRIX, (tf, x) -> tf.math.atanh(tf.math.tanh(x.get(0)))),
          GradientCase.of("Asinh", MATRIX, (tf, x) -> tf.math.asinh(x.get(0))),
          GradientCase.of(
              "Acosh", MATRIX, (tf, x) -> tf.math.acosh(tf.math.exp(tf.math.abs(x.get(0))))),
          GradientCase.of("Tan", MATRIX, (tf, x) -> tf.math.tan(x.get(0))),
          GradientCase.of("Asin", MATRIX, (tf, x) -> tf.math.asin(tf.math.tanh(x.get(0)))),
          GradientCase.of("Acos", MATRIX, (tf, x) -> tf.math.acos(tf.math.tanh(x.get(0)))),
          GradientCase.of("Atan", MATRIX, (tf, x) -> tf.math.atan(x.get(0))),
          GradientCase.of("Sinh", MATRIX, (tf, x) -> tf.math.sinh(x.get(0))),
          GradientCase.of("Cosh", MATRIX, (tf, x) -> tf.math.cosh(x.get(0))),
          GradientCase.of(
              "SegmentSum",
              MATRIX,
              (tf, x) ->
                  tf.reshape(
                      raw(tf, "SegmentSum", List.of(x.get(0), ints(tf, 0, 0, 2))).out(),
                      ints(tf, 3, 4))),
          GradientCase.of(
              "UnsortedSegmentSum (negative ids)",
              MATRIX,
              (tf, x) -> tf.math.unsortedSegmentSum(x.get(0), ints(tf, 1, -1, 1), tf.constant(3))),
          GradientCase.of(
              "UnsortedSegmentMax",
              MATRIX,
              (tf, x) -> tf.math.unsortedSegmentMax(x.get(0), ints(tf, 1, 0, 1), tf.constant(2))),
          GradientCase.withOutputs(
              "DynamicPartition",
              List.of(MATRIX),
              (tf, x) -> {
                List<Operand<TFloat64>> parts = new ArrayList<>();
                tf.dynamicPartition(x.get(0), ints(tf, 1, 0, 1), 2L)
                    .outputs()
                    .forEach(
                        part -> parts.add(tf.reshape(part, ints(tf, parts.isEmpty() ? 1 : 2, 4))));
                return parts;
              }),
          GradientCase.of("Diag", Shape.of(3), (tf, x) -> tf.linalg.tensorDiag(x.get(0))),
          GradientCase.of(
              "DiagPart", Shape.of(3, 3), (tf, x) -> tf.linalg.tensorDiagPart(x.get(0))),
          GradientCase.of("MatrixDiag (stack)", MATRIX, (tf, x) -> raw(tf, "MatrixDiag", x).out()),
          GradientCase.of(
              "MatrixBandPart",
              CUBE,
              (tf, x) -> tf.linalg.bandPart(x.get(0), tf.constant(1), tf.constant(0))),
          GradientCase.of("Fill", Shape.of(), (tf, x) -> tf.fill(ints(tf, 2, 3), x.get(0))),
          GradientCase.of(
              "GatherNd (slices)",
              CUBE,
              (tf, x) -> tf.gatherNd(x.get(0), tf.constant(new int[][] {{1}, {1}}))),
          GradientCase.of(
              "Squeeze (axis -2)",
              Shape.of(2, 1, 3),
              (tf, x) -> raw(tf, "Squeeze", x).ints("squeeze_dims", -2).out()),
          GradientCase.ofFloat32(
              "ResizeBilinear (align_corners)",
              List.of(IMAGE),
              (tf, x) ->
                  tf.image.resizeBilinear(
                      x.get(0), ints(tf, 9, 4), ResizeBilinear.alignCorners(true))),
          GradientCase.ofFloat32(
              "ResizeBilinear (half_pixel_centers)",
              List.of(IMAGE),
              (tf, x) ->
                  tf.image.resizeBilinear(
                      x.get(0), ints(tf, 9, 4), ResizeBilinear.halfPixelCenters(true))),
          GradientCase.ofFloat32(
              "ResizeBicubic (half_pixel_centers)",
              List.of(IMAGE),
              (tf, x) ->
                  tf.image.resizeBicubic(
                      x.get(0), ints(tf, 9, 4), ResizeBicubic.halfPixelCenters(true))),
          GradientCase.ofFloat32(
              "ResizeBicubic (align_corners)",
              List.of(IMAGE),
              (tf, x) ->
                  tf.image.resizeBicubic(
                      x.get(0), ints(tf, 9, 4), ResizeBicubic.alignCorners(true))),
          GradientCase.of(
              "ResizeNearestNeighbor (half_pixel_centers)",
              IMAGE,
              (tf, x) ->
                  tf.image.resizeNearestNeighbor(
                      x.get(0), ints(tf, 9, 4), ResizeNearestNeighbor.halfPixelCenters(true))),
          GradientCase.of(
              "ResizeNearestNeighbor (align_corners)",
              IMAGE,
              (tf, x) ->
                  tf.image.resizeNearestNeighbor(
                      x.get(0), ints(tf, 9, 4), ResizeNearestNeighbor.alignCorners(true))),
          GradientCase.of(
              "BiasAdd (rank 4)",
              List.of(IMAGE, Shape.of(2)),
              (tf, x) -> tf.nn.biasAdd(x.get(0), x.get(1))),
          GradientCase.of(
              "BiasAdd (rank 3)",
              List.of(CUBE, Shape.of(4)),
              (tf, x) -> tf.nn.biasAdd(x.get(0), x.get(1))),
          GradientCase.of(
              "Shape used as a number",
              CUBE,
              (tf, x) ->
                  tf.math.mul(
                      x.get(0), tf.dtypes.cast(tf.size(x.get(0), TInt64.class), TFloat64.class))),
          complex("Real", "Real"),
          complex("Imag", "Imag"),
          complex("Angle", "Angle"),
          complex("ComplexAbs", "ComplexAbs"),
          singleComplex("Real", "Real"),
          singleComplex("Imag", "Imag"),
          singleComplex("Angle", "Angle"),
          singleComplex("ComplexAbs", "ComplexAbs"),
          GradientCase.of(
              "PartitionedCall",
              MATRIX,
              (tf, x) -> {
                ConcreteFunction square =
                    ConcreteFunction.create(
                        inside -> {
                          Placeholder<TFloat64> in =
                              inside.placeholder(TFloat64.class, Placeholder.shape(MATRIX));
                          return Signature.builder()
                              .input("in", in)
                              .output("out", inside.math.square(inside.math.tanh(in)))
                              .build();
                        });
                return tf.reshape(
                    square.call(tf, x.get(0)).asOutput().expect(TFloat64.class), ints(tf, 3, 4));
              }));

  private SettingsGradients() {}

  /** A function of the square of a complex number, of its parts. */
  private static GradientCase<TFloat64> complex(String name, String type) {
    return GradientCase.of(
        name + " (of Complex)",
        List.of(MATRIX, MATRIX),
        (tf, x) ->
            raw(tf, type, List.of(square(tf, x, DataType.DT_COMPLEX128)))
                .type("T", DataType.DT_COMPLEX128)
                .type("Tout", DataType.DT_DOUBLE)
                .out());
  }

  private static GradientCase<TFloat32> singleComplex(String name, String type) {
    return GradientCase.ofFloat32(
        name + " (of Complex)",
        List.of(MATRIX, MATRIX),
        (tf, x) -> raw(tf, type, List.of(square(tf, x, DataType.DT_COMPLEX64))).single());
  }

  private static Operand<?> square(Ops tf, List<? extends Operand<?>> parts, DataType type) {
    Operand<?> z = raw(tf, "Complex", parts).type("Tout", type).any();
    return raw(tf, "Mul", List.of(z, z)).any();
  }

  private static Operand<TInt32> pairs(Ops tf, int... values) {
    return tf.reshape(ints(tf, values), ints(tf, values.length / 2, 2));
  }
}
