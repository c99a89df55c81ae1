package io.github.tfkfac.tools.check;

import static io.github.tfkfac.tools.check.GradientCase.ints;
import static io.github.tfkfac.tools.check.GradientCase.outputs;
import static io.github.tfkfac.tools.check.GradientCase.row;
import static io.github.tfkfac.tools.check.GradientCase.row32;

import io.github.tfkfac.tools.check.GradientCase.Expression;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Assign;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/** Ops that move numbers about: joins, slices, gathers, padding, resizing, variables. */
final class ArrayGradients {
  private static final Shape MATRIX = Shape.of(2, 3);
  private static final Shape TALL = Shape.of(4, 2);
  private static final Shape IMAGE = Shape.of(1, 4, 4, 2);

  static final List<GradientCase<?>> CASES =
      List.of(
          row("ConcatV2", List.of(MATRIX, MATRIX), (tf, x) -> tf.concat(x, tf.constant(1))),
          row("Pack", List.of(MATRIX, MATRIX), (tf, x) -> tf.stack(x, Stack.axis(1L))),
          outputs("Unpack", MATRIX, (tf, x) -> tf.unstack(x, 3L, Unstack.axis(1L)).output()),
          outputs("Split", TALL, (tf, x) -> tf.split(tf.constant(0), x, 2L).output()),
          outputs(
              "SplitV", TALL, (tf, x) -> tf.splitV(x, ints(tf, 1, 3), tf.constant(0), 2L).output()),
          row("Slice", TALL, (tf, x) -> tf.slice(x, ints(tf, 1, 0), ints(tf, 2, 1))),
          row(
              "StridedSlice",
              TALL,
              (tf, x) -> tf.stridedSlice(x, ints(tf, 0, 0), ints(tf, 4, 2), ints(tf, 2, 1))),
          row("GatherV2", TALL, (tf, x) -> tf.gather(x, ints(tf, 3, 0, 3), tf.constant(0))),
          row("GatherNd", TALL, (tf, x) -> tf.gatherNd(x, pairs(tf, 3, 1, 0, 0))),
          row(
              "ScatterNd",
              Shape.of(3),
              (tf, x) -> tf.scatterNd(column(tf, 4, 1, 4), x, ints(tf, 6))),
          row(
              "TensorScatterUpdate",
              List.of(Shape.of(4), Shape.of(2)),
              (tf, x, y) -> tf.tensorScatterNdUpdate(x, column(tf, 2, 0), y)),
          row(
              "UnsortedSegmentSum",
              TALL,
              (tf, x) -> tf.math.unsortedSegmentSum(x, ints(tf, 0, 1, 0, 1), tf.constant(2))),
          row(
              "DynamicStitch",
              List.of(Shape.of(2), Shape.of(2)),
              (tf, x) -> tf.dynamicStitch(List.of(ints(tf, 0, 2), ints(tf, 1, 3)), x)),
          row(
              "SelectV2",
              List.of(Shape.of(3), Shape.of(3)),
              (tf, x, y) -> tf.select(tf.constant(new boolean[] {true, false, true}), x, y)),
          row("PadV2", MATRIX, (tf, x) -> tf.pad(x, pairs(tf, 1, 0, 0, 2), tf.constant(0.0))),
          row("MirrorPad", MATRIX, (tf, x) -> tf.mirrorPad(x, pairs(tf, 1, 0, 0, 2), "REFLECT")),
          row("Tile", MATRIX, (tf, x) -> tf.tile(x, ints(tf, 2, 1))),
          row("Transpose", MATRIX, (tf, x) -> tf.linalg.transpose(x, ints(tf, 1, 0))),
          row("Reshape", MATRIX, (tf, x) -> tf.reshape(x, ints(tf, 3, 2))),
          row("ExpandDims", MATRIX, (tf, x) -> tf.expandDims(x, tf.constant(1))),
          row("Squeeze", Shape.of(2, 1), (tf, x) -> tf.squeeze(x)),
          row("BroadcastTo", Shape.of(3), (tf, x) -> tf.broadcastTo(x, ints(tf, 2, 3))),
          row("ReverseV2", MATRIX, (tf, x) -> tf.reverse(x, ints(tf, 1))),
          outputs(
              "TopKV2",
              MATRIX,
              (tf, x) -> List.of(tf.nn.topK(x, tf.constant(2), TInt32.class).values())),
          row(
              "ResizeNearestNeighbor",
              IMAGE,
              (tf, x) -> tf.image.resizeNearestNeighbor(x, ints(tf, 8, 8))),
          row32("ResizeBilinear", IMAGE, (tf, x) -> tf.image.resizeBilinear(x, ints(tf, 6, 6))),
          row32(
              "CropAndResize",
              IMAGE,
              (tf, x) ->
                  tf.image.cropAndResize(
                      x,
                      tf.constant(new float[][] {{0.1f, 0.2f, 0.8f, 0.9f}}),
                      ints(tf, 0),
                      ints(tf, 2, 2))),
          row(
              "ExtractImagePatches",
              IMAGE,
              (tf, x) ->
                  tf.image.extractImagePatches(
                      x,
                      List.of(1L, 2L, 2L, 1L),
                      List.of(1L, 1L, 1L, 1L),
                      List.of(1L, 1L, 1L, 1L),
                      "VALID")),
          new GradientCase<>(
              "Identity (of VariableV2)",
              TFloat64.class,
              List.of(MATRIX),
              ArrayGradients::reference),
          new GradientCase<>(
              "ReadVariableOp", TFloat64.class, List.of(MATRIX), ArrayGradients::resource));

  private ArrayGradients() {}

  private static Expression reference(Ops tf, List<Operand<TFloat64>> x) {
    Variable<TFloat64> variable = tf.variable(MATRIX, TFloat64.class);
    Assign<TFloat64> assigned = tf.assign(variable, x.get(0));
    Operand<TFloat64> read = tf.withControlDependencies(assigned).identity(variable);
    return new Expression(List.of(tf.math.square(read)), List.of(variable));
  }

  private static Expression resource(Ops tf, List<Operand<TFloat64>> x) {
    VarHandleOp variable = tf.varHandleOp(TFloat64.class, MATRIX);
    Ops afterwards = tf.withControlDependencies(tf.assignVariableOp(variable, x.get(0)));
    Operand<TFloat64> read = afterwards.readVariableOp(variable, TFloat64.class);
    Operand<TFloat64> shaped = tf.reshape(read, ints(tf, 2, 3));
    return new Expression(List.of(tf.math.square(shaped)), List.of(variable));
  }

  private static Operand<TInt32> column(Ops tf, int... values) {
    return tf.reshape(ints(tf, values), ints(tf, values.length, 1));
  }

  private static Operand<TInt32> pairs(Ops tf, int... values) {
    return tf.reshape(ints(tf, values), ints(tf, values.length / 2, 2));
  }
}
