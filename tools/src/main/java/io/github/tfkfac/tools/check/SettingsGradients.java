package io.github.tfkfac.tools.check;

import static io.github.tfkfac.tools.check.GradientCase.ints;
import static io.github.tfkfac.tools.check.GradientCase.outputs;
import static io.github.tfkfac.tools.check.GradientCase.raw;
import static io.github.tfkfac.tools.check.GradientCase.row;
import static io.github.tfkfac.tools.check.GradientCase.row32;
import static io.github.tfkfac.tools.check.LayerGradients.conv2d;

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
          row("LogSoftmax (rank 3)", CUBE, (tf, x) -> tf.nn.logSoftmax(x)),
          row("LogSoftmax (rank 1)", Shape.of(4), (tf, x) -> tf.nn.logSoftmax(x)),
          row("LogSoftmax (rank 4)", FOUR, (tf, x) -> tf.nn.logSoftmax(x)),
          row("Softmax (rank 3)", CUBE, (tf, x) -> tf.nn.softmax(x)),
          row("Softmax (rank 4)", FOUR, (tf, x) -> tf.nn.softmax(x)),
          row32(
              "LRN (defaults)",
              Shape.of(1, 2, 2, 7),
              (tf, x) -> tf.nn.localResponseNormalization(x)),
          row32(
              "LRN (AlexNet)",
              Shape.of(1, 2, 2, 7),
              (tf, x) ->
                  tf.nn.localResponseNormalization(
                      tf.math.mul(x, tf.constant(30f)),
                      LocalResponseNormalization.depthRadius(2L),
                      LocalResponseNormalization.bias(2f),
                      LocalResponseNormalization.alpha(1e-4f),
                      LocalResponseNormalization.beta(0.75f))),
          conv2d(
              "Conv2D (SAME, dilations 2 and 3)",
              List.of(IMAGE, Shape.of(3, 2, 2, 3)),
              EACH,
              "SAME",
              Conv2d.dilations(1L, 2L, 3L, 1L)),
          conv2d(
              "Conv2D (EXPLICIT, dilation 2)",
              List.of(IMAGE, Shape.of(3, 3, 2, 3)),
              EACH,
              "EXPLICIT",
              Conv2d.dilations(1L, 2L, 2L, 1L),
              Conv2d.explicitPaddings(0L, 0L, 1L, 2L, 0L, 1L, 0L, 0L)),
          conv2d(
              "Conv2D (EXPLICIT, stride 2)",
              List.of(IMAGE, Shape.of(3, 3, 2, 3)),
              List.of(1L, 2L, 2L, 1L),
              "EXPLICIT",
              Conv2d.explicitPaddings(0L, 0L, 1L, 2L, 0L, 1L, 0L, 0L)),
          conv2d(
              "Conv2D (SAME, stride 2, dilation 2)",
              List.of(IMAGE, Shape.of(3, 3, 2, 3)),
              List.of(1L, 2L, 2L, 1L),
              "SAME",
              Conv2d.dilations(1L, 2L, 2L, 1L)),
          conv2d(
              "Conv2D (grouped, dilation 2)",
              List.of(Shape.of(1, 5, 5, 4), Shape.of(3, 3, 2, 4)),
              EACH,
              "SAME",
              Conv2d.dilations(1L, 2L, 2L, 1L)),
          conv2d(
              "Conv2D (grouped)",
              List.of(Shape.of(1, 5, 5, 4), Shape.of(3, 3, 2, 4)),
              EACH,
              "SAME"),
          conv2d(
              "Conv2D (grouped, EXPLICIT)",
              List.of(Shape.of(1, 5, 5, 4), Shape.of(3, 3, 2, 4)),
              EACH,
              "EXPLICIT",
              Conv2d.explicitPaddings(0L, 0L, 2L, 1L, 0L, 1L, 0L, 0L)),
          row(
              "DepthwiseConv2dNative (EXPLICIT)",
              List.of(IMAGE, Shape.of(2, 2, 2, 2)),
              (tf, x, y) ->
                  tf.nn.depthwiseConv2dNative(
                      x,
                      y,
                      EACH,
                      "EXPLICIT",
                      DepthwiseConv2dNative.explicitPaddings(0L, 0L, 1L, 0L, 2L, 1L, 0L, 0L))),
          row(
              "DepthwiseConv2dNative (stride 2, VALID)",
              List.of(IMAGE, Shape.of(2, 2, 2, 2)),
              (tf, x, y) -> tf.nn.depthwiseConv2dNative(x, y, List.of(1L, 2L, 2L, 1L), "VALID")),
          row(
              "MaxPool (SAME, overlapping)",
              IMAGE,
              (tf, x) -> tf.nn.maxPool(x, ints(tf, 1, 3, 3, 1), ints(tf, 1, 2, 2, 1), "SAME")),
          row(
              "MaxPool (EXPLICIT)",
              IMAGE,
              (tf, x) ->
                  raw(tf, "MaxPool", x)
                      .ints("ksize", 1, 3, 3, 1)
                      .ints("strides", 1, 2, 2, 1)
                      .ints("explicit_paddings", 0, 0, 1, 0, 0, 1, 0, 0)
                      .text("padding", "EXPLICIT")
                      .out()),
          row(
              "AvgPool (VALID, overlapping)",
              IMAGE,
              (tf, x) ->
                  tf.nn.avgPool(x, List.of(1L, 3L, 3L, 1L), List.of(1L, 2L, 2L, 1L), "VALID")),
          row(
              "GatherV2 (axis -1)",
              CUBE,
              (tf, x) -> tf.gather(x, ints(tf, 3, 0, 3), tf.constant(-1))),
          row(
              "GatherV2 (axis -2)",
              CUBE,
              (tf, x) -> tf.gather(x, tf.constant(new int[][] {{2, 0}, {2, 1}}), tf.constant(-2))),
          row(
              "GatherV2 (axis 1)",
              CUBE,
              (tf, x) -> tf.gather(x, ints(tf, 2, 0, 2), tf.constant(1))),
          row(
              "GatherV2 (axis 1, batch 1)",
              CUBE,
              (tf, x) ->
                  tf.gather(
                      x,
                      tf.constant(new int[][] {{2, 0, 2}, {1, 1, 0}}),
                      tf.constant(1),
                      Gather.batchDims(1L))),
          row(
              "GatherV2 (axis 2, batch 1)",
              CUBE,
              (tf, x) ->
                  tf.gather(
                      x,
                      tf.constant(new int[][] {{2, 0, 2}, {1, 1, 0}}),
                      tf.constant(2),
                      Gather.batchDims(1L))),
          row(
              "GatherV2 (axis -1, batch -1)",
              CUBE,
              (tf, x) ->
                  tf.gather(
                      x,
                      tf.constant(new int[][] {{2, 0, 2}, {1, 1, 0}}),
                      tf.constant(-1),
                      Gather.batchDims(-1L))),
          row(
              "GatherV2 (axis -1, int64)",
              CUBE,
              (tf, x) -> tf.gather(x, tf.constant(1L), tf.constant(-1L))),
          row("Sum (axis -1)", CUBE, (tf, x) -> tf.sum(x, ints(tf, -1, 0))),
          row("Sum (int64 axis)", CUBE, (tf, x) -> tf.sum(x, tf.constant(new long[] {1}))),
          row("Sum (scalar axis)", CUBE, (tf, x) -> tf.sum(x, tf.constant(-2))),
          row("Sum (keep_dims)", CUBE, (tf, x) -> tf.sum(x, ints(tf, -2), Sum.keepDims(true))),
          row(
              "Mean (axes -1 and 1, keep_dims)",
              CUBE,
              (tf, x) -> tf.math.mean(x, ints(tf, -1, 1), Mean.keepDims(true))),
          row("Mean (no axis)", CUBE, (tf, x) -> tf.math.mean(x, tf.constant(new int[0]))),
          row(
              "Max (axis -1, keep_dims)",
              CUBE,
              (tf, x) -> tf.max(x, tf.constant(-1), Max.keepDims(true))),
          row("Prod (axes -1 and 0)", CUBE, (tf, x) -> tf.prod(x, ints(tf, -1, 0))),
          row(
              "Prod (int64 axis, keep_dims)",
              CUBE,
              (tf, x) -> tf.prod(x, tf.constant(-2L), Prod.keepDims(true))),
          row(
              "Prod (with zeros)",
              MATRIX,
              (tf, x) -> tf.prod(SuppliedGradients.withZeros(tf, x), ints(tf, 1))),
          row(
              "Cumsum (exclusive, reverse, axis -1)",
              CUBE,
              (tf, x) ->
                  tf.math.cumsum(x, tf.constant(-1), Cumsum.exclusive(true), Cumsum.reverse(true))),
          row("Pack (axis -1)", List.of(MATRIX, MATRIX), (tf, x) -> tf.stack(x, Stack.axis(-1L))),
          outputs(
              "Unpack (axis -1)", CUBE, (tf, x) -> tf.unstack(x, 4L, Unstack.axis(-1L)).output()),
          outputs(
              "Unpack (one of several)",
              CUBE,
              (tf, x) -> List.of(tf.unstack(x, 3L, Unstack.axis(1L)).output().get(1))),
          row(
              "ConcatV2 (axis -2)",
              List.of(CUBE, Shape.of(2, 1, 4)),
              (tf, x) -> tf.concat(x, tf.constant(-2))),
          row(
              "ConcatV2 (int64 axis)",
              List.of(CUBE, CUBE),
              (tf, x) -> tf.concat(x, tf.constant(-1L))),
          outputs("Split (axis -1)", CUBE, (tf, x) -> tf.split(tf.constant(-1), x, 2L).output()),
          outputs(
              "SplitV (axis -1, one of them)",
              CUBE,
              (tf, x) ->
                  List.of(tf.splitV(x, ints(tf, 1, 3), tf.constant(-1), 2L).output().get(1))),
          row(
              "StridedSlice (masks)",
              CUBE,
              (tf, x) ->
                  tf.stridedSlice(
                      x,
                      ints(tf, 0, 1, -1),
                      ints(tf, 0, 2, 0),
                      ints(tf, 1, 1, -2),
                      StridedSlice.beginMask(1L),
                      StridedSlice.endMask(5L),
                      StridedSlice.shrinkAxisMask(2L))),
          row(
              "StridedSlice (ellipsis, new axis)",
              CUBE,
              (tf, x) ->
                  tf.stridedSlice(
                      x,
                      ints(tf, 0, 0, 1),
                      ints(tf, 0, 0, 3),
                      ints(tf, 1, 1, 1),
                      StridedSlice.ellipsisMask(1L),
                      StridedSlice.newAxisMask(2L))),
          row(
              "StridedSlice (int64)",
              MATRIX,
              (tf, x) ->
                  tf.stridedSlice(
                      x,
                      tf.constant(new long[] {1, 0}),
                      tf.constant(new long[] {3, 4}),
                      tf.constant(new long[] {1, 3}))),
          row(
              "Slice (size -1)",
              CUBE,
              (tf, x) -> tf.slice(x, ints(tf, 0, 1, 1), ints(tf, -1, -1, 2))),
          row("Pad", MATRIX, (tf, x) -> raw(tf, "Pad", x, pairs(tf, 1, 2, 0, 3)).out()),
          row(
              "MirrorPad (SYMMETRIC)",
              MATRIX,
              (tf, x) -> tf.mirrorPad(x, pairs(tf, 1, 2, 0, 3), "SYMMETRIC")),
          row("Transpose (rank 3)", CUBE, (tf, x) -> tf.linalg.transpose(x, ints(tf, 2, 0, 1))),
          row("Tile (rank 3)", CUBE, (tf, x) -> tf.tile(x, ints(tf, 2, 1, 3))),
          row("ExpandDims (axis -1)", CUBE, (tf, x) -> tf.expandDims(x, tf.constant(-1))),
          row("ReverseV2 (axis -1)", CUBE, (tf, x) -> tf.reverse(x, ints(tf, -1, 0))),
          row(
              "ReverseSequence",
              CUBE,
              (tf, x) ->
                  raw(tf, "ReverseSequence", x, ints(tf, 2, 3))
                      .number("seq_dim", 1)
                      .number("batch_dim", 0)
                      .out()),
          row(
              "BroadcastTo (inner)",
              Shape.of(2, 1, 3),
              (tf, x) -> tf.broadcastTo(x, ints(tf, 4, 2, 5, 3))),
          row("Roll", CUBE, (tf, x) -> raw(tf, "Roll", x, ints(tf, 1, -2), ints(tf, 1, -1)).out()),
          row(
              "SpaceToBatchND",
              IMAGE,
              (tf, x) -> tf.spaceToBatchNd(x, ints(tf, 2, 3), pairs(tf, 0, 0, 1, 0))),
          row(
              "BatchToSpaceND",
              Shape.of(8, 2, 3, 1),
              (tf, x) -> tf.batchToSpaceNd(x, ints(tf, 2, 2), pairs(tf, 1, 0, 0, 1))),
          row(
              "SpaceToDepth",
              Shape.of(1, 4, 2, 2),
              (tf, x) -> raw(tf, "SpaceToDepth", x).number("block_size", 2).out()),
          row(
              "DepthToSpace",
              Shape.of(1, 2, 1, 8),
              (tf, x) -> raw(tf, "DepthToSpace", x).number("block_size", 2).out()),
          row(
              "SelectV2 (broadcast)",
              List.of(Shape.of(3), Shape.of(2, 1)),
              (tf, x, y) ->
                  tf.select(
                      tf.constant(new boolean[][] {{true, false, true}, {false, false, true}}),
                      x,
                      y)),
          row(
              "SelectV2 (scalar)",
              List.of(Shape.of(3), Shape.of()),
              (tf, x, y) ->
                  tf.select(
                      tf.constant(new boolean[][] {{true, false, true}, {false, false, true}}),
                      x,
                      y)),
          row(
              "SelectV2 (broadcast condition)",
              List.of(MATRIX, MATRIX),
              (tf, x, y) ->
                  tf.select(tf.constant(new boolean[][] {{true}, {false}, {true}}), x, y)),
          row(
              "Select (rows)",
              List.of(MATRIX, MATRIX),
              (tf, x, y) ->
                  raw(tf, "Select", tf.constant(new boolean[] {true, false, true}), x, y).out()),
          row(
              "BatchMatMulV2 (broadcast, adjoint)",
              List.of(Shape.of(2, 1, 4, 3), Shape.of(3, 2, 4)),
              (tf, x, y) ->
                  raw(tf, "BatchMatMulV2", x, y).flag("adj_x", true).flag("adj_y", true).out()),
          row(
              "BatchMatMulV2 (broadcast rows)",
              List.of(Shape.of(3, 4), Shape.of(2, 4, 2)),
              (tf, x, y) -> raw(tf, "BatchMatMulV2", x, y).out()),
          row(
              "MatMul (both transposed)",
              List.of(Shape.of(4, 3), Shape.of(2, 4)),
              (tf, x, y) ->
                  raw(tf, "MatMul", x, y)
                      .flag("transpose_a", true)
                      .flag("transpose_b", true)
                      .out()),
          einsum("Einsum (ellipsis)", List.of(CUBE, Shape.of(4, 2)), "...i,ij->...j"),
          einsum(
              "Einsum (attention)",
              List.of(Shape.of(2, 3, 2, 2), Shape.of(2, 4, 2, 2)),
              "aecd,abcd->acbe"),
          einsum("Einsum (sum over an index)", List.of(MATRIX, Shape.of(4, 2)), "ij,jk->k"),
          einsum("Einsum (one operand)", List.of(CUBE), "ijk->kj"),
          einsum("Einsum (trace)", List.of(Shape.of(3, 3)), "ii->i"),
          einsum(
              "Einsum (broadcast ellipsis)",
              List.of(Shape.of(1, 3, 4), Shape.of(2, 4, 2)),
              "...ij,...jk->...ik"),
          row(
              "RealDiv (inner broadcast)",
              List.of(Shape.of(2, 1, 3), Shape.of(4, 1)),
              (tf, x, y) -> tf.math.div(x, y)),
          row(
              "Pow (both, broadcast)",
              List.of(Shape.of(2, 1), Shape.of(3)),
              (tf, x, y) -> tf.math.pow(tf.math.abs(x), y)),
          row("Mul (same twice)", MATRIX, (tf, x) -> tf.math.mul(x, x)),
          row("Atan2", List.of(MATRIX, MATRIX), (tf, x, y) -> tf.math.atan2(x, y)),
          row("Atan2 (broadcast)", List.of(MATRIX, Shape.of(4)), (tf, x, y) -> tf.math.atan2(x, y)),
          row(
              "ClipByValue (bounds)",
              List.of(MATRIX, Shape.of(), Shape.of()),
              (tf, x) ->
                  tf.clipByValue(
                      x.get(0), tf.math.neg(tf.math.abs(x.get(1))), tf.math.abs(x.get(2)))),
          row("Lgamma", MATRIX, (tf, x) -> tf.math.lgamma(tf.math.abs(x))),
          row("Erfinv", MATRIX, (tf, x) -> tf.math.erfinv(tf.math.tanh(x))),
          row("Ndtri", MATRIX, (tf, x) -> tf.math.ndtri(tf.math.sigmoid(x))),
          row("Atanh", MATRIX, (tf, x) -> tf.math.atanh(tf.math.tanh(x))),
          row("Asinh", MATRIX, (tf, x) -> tf.math.asinh(x)),
          row("Acosh", MATRIX, (tf, x) -> tf.math.acosh(tf.math.exp(tf.math.abs(x)))),
          row("Tan", MATRIX, (tf, x) -> tf.math.tan(x)),
          row("Asin", MATRIX, (tf, x) -> tf.math.asin(tf.math.tanh(x))),
          row("Acos", MATRIX, (tf, x) -> tf.math.acos(tf.math.tanh(x))),
          row("Atan", MATRIX, (tf, x) -> tf.math.atan(x)),
          row("Sinh", MATRIX, (tf, x) -> tf.math.sinh(x)),
          row("Cosh", MATRIX, (tf, x) -> tf.math.cosh(x)),
          row(
              "SegmentSum",
              MATRIX,
              (tf, x) ->
                  tf.reshape(raw(tf, "SegmentSum", x, ints(tf, 0, 0, 2)).out(), ints(tf, 3, 4))),
          row(
              "UnsortedSegmentSum (negative ids)",
              MATRIX,
              (tf, x) -> tf.math.unsortedSegmentSum(x, ints(tf, 1, -1, 1), tf.constant(3))),
          row(
              "UnsortedSegmentMax",
              MATRIX,
              (tf, x) -> tf.math.unsortedSegmentMax(x, ints(tf, 1, 0, 1), tf.constant(2))),
          outputs(
              "DynamicPartition",
              MATRIX,
              (tf, x) -> {
                List<Operand<TFloat64>> parts = new ArrayList<>();
                tf.dynamicPartition(x, ints(tf, 1, 0, 1), 2L)
                    .outputs()
                    .forEach(
                        part -> parts.add(tf.reshape(part, ints(tf, parts.isEmpty() ? 1 : 2, 4))));
                return parts;
              }),
          row("Diag", Shape.of(3), (tf, x) -> tf.linalg.tensorDiag(x)),
          row("DiagPart", Shape.of(3, 3), (tf, x) -> tf.linalg.tensorDiagPart(x)),
          row("MatrixDiag (stack)", MATRIX, (tf, x) -> raw(tf, "MatrixDiag", x).out()),
          row(
              "MatrixBandPart",
              CUBE,
              (tf, x) -> tf.linalg.bandPart(x, tf.constant(1), tf.constant(0))),
          row("Fill", Shape.of(), (tf, x) -> tf.fill(ints(tf, 2, 3), x)),
          row(
              "GatherNd (slices)",
              CUBE,
              (tf, x) -> tf.gatherNd(x, tf.constant(new int[][] {{1}, {1}}))),
          row(
              "Squeeze (axis -2)",
              Shape.of(2, 1, 3),
              (tf, x) -> raw(tf, "Squeeze", x).ints("squeeze_dims", -2).out()),
          row32(
              "ResizeBilinear (align_corners)",
              IMAGE,
              (tf, x) ->
                  tf.image.resizeBilinear(x, ints(tf, 9, 4), ResizeBilinear.alignCorners(true))),
          row32(
              "ResizeBilinear (half_pixel_centers)",
              IMAGE,
              (tf, x) ->
                  tf.image.resizeBilinear(
                      x, ints(tf, 9, 4), ResizeBilinear.halfPixelCenters(true))),
          row32(
              "ResizeBicubic (half_pixel_centers)",
              IMAGE,
              (tf, x) ->
                  tf.image.resizeBicubic(x, ints(tf, 9, 4), ResizeBicubic.halfPixelCenters(true))),
          row32(
              "ResizeBicubic (align_corners)",
              IMAGE,
              (tf, x) ->
                  tf.image.resizeBicubic(x, ints(tf, 9, 4), ResizeBicubic.alignCorners(true))),
          row(
              "ResizeNearestNeighbor (half_pixel_centers)",
              IMAGE,
              (tf, x) ->
                  tf.image.resizeNearestNeighbor(
                      x, ints(tf, 9, 4), ResizeNearestNeighbor.halfPixelCenters(true))),
          row(
              "ResizeNearestNeighbor (align_corners)",
              IMAGE,
              (tf, x) ->
                  tf.image.resizeNearestNeighbor(
                      x, ints(tf, 9, 4), ResizeNearestNeighbor.alignCorners(true))),
          row("BiasAdd (rank 4)", List.of(IMAGE, Shape.of(2)), (tf, x, y) -> tf.nn.biasAdd(x, y)),
          row("BiasAdd (rank 3)", List.of(CUBE, Shape.of(4)), (tf, x, y) -> tf.nn.biasAdd(x, y)),
          row(
              "Shape used as a number",
              CUBE,
              (tf, x) -> tf.math.mul(x, tf.dtypes.cast(tf.size(x, TInt64.class), TFloat64.class))),
          complex("Real"),
          complex("Imag"),
          complex("Angle"),
          complex("ComplexAbs"),
          singleComplex("Real"),
          singleComplex("Imag"),
          singleComplex("Angle"),
          singleComplex("ComplexAbs"),
          row(
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
                    square.call(tf, x).asOutput().expect(TFloat64.class), ints(tf, 3, 4));
              }));

  private SettingsGradients() {}

  private static GradientCase<TFloat64> einsum(String name, List<Shape> inputs, String equation) {
    return row(name, inputs, (tf, x) -> tf.linalg.einsum(x, equation));
  }

  /** A function of the square of a complex number, of its parts. */
  private static GradientCase<TFloat64> complex(String type) {
    return row(
        type + " (of Complex)",
        List.of(MATRIX, MATRIX),
        (tf, x, y) ->
            raw(tf, type, square(tf, x, y, DataType.DT_COMPLEX128))
                .type("T", DataType.DT_COMPLEX128)
                .type("Tout", DataType.DT_DOUBLE)
                .out());
  }

  private static GradientCase<TFloat32> singleComplex(String type) {
    return row32(
        type + " (of Complex)",
        List.of(MATRIX, MATRIX),
        (tf, x) -> raw(tf, type, square(tf, x.get(0), x.get(1), DataType.DT_COMPLEX64)).single());
  }

  private static Operand<?> square(Ops tf, Operand<?> real, Operand<?> imaginary, DataType type) {
    Operand<?> z = raw(tf, "Complex", real, imaginary).type("Tout", type).any();
    return raw(tf, "Mul", z, z).any();
  }

  private static Operand<TInt32> pairs(Ops tf, int... values) {
    return tf.reshape(ints(tf, values), ints(tf, values.length / 2, 2));
  }
}
