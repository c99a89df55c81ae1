package io.github.tfkfac.internal.gradient;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Prod;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** Derivatives of operations that pick numbers by index or run along an axis. */
final class ArrayRules {

  private ArrayRules() {}

  /** The largest numbers of each row: their gradients go back to where they came from. */
  static Operand<?> topK(OperationStep step) {
    Ops tf = step.tf();
    Operand<TInt64> shape = tf.shape(step.in(0), TInt64.class);
    Operand<TInt64> chosen = tf.dtypes.cast(step.out(1), TInt64.class);
    Operand<TInt64> length = last(tf, shape);
    Operand<TInt64> width = last(tf, tf.shape(chosen, TInt64.class));
    Operand<TInt64> table =
        tf.reshape(chosen, tf.concat(List.of(tf.array(-1L), width), tf.constant(0)));
    Operand<TInt64> rows =
        tf.range(
            tf.constant(0L),
            tf.reshape(
                tf.slice(tf.shape(table, TInt64.class), tf.array(0), tf.array(1)), scalar(tf)),
            tf.constant(1L));
    Operand<TInt64> starts = tf.expandDims(tf.math.mul(rows, length), tf.constant(1));
    Operand<TInt64> places = tf.reshape(tf.math.add(table, starts), tf.array(-1, 1));
    Operand<TNumber> gradient = tf.reshape(step.gradient(), tf.array(-1));
    Operand<TInt64> all = tf.reshape(tf.size(step.in(0), TInt64.class), tf.array(1));
    return tf.reshape(tf.scatterNd(places, gradient, all), shape);
  }

  private static Operand<TInt64> last(Ops tf, Operand<TInt64> shape) {
    Operand<TInt32> index = tf.math.sub(tf.size(shape), tf.constant(1));
    return tf.slice(shape, tf.reshape(index, tf.array(1)), tf.array(1));
  }

  private static Operand<TInt32> scalar(Ops tf) {
    return tf.constant(new int[0]);
  }

  /** Whether the axis of a gather is known when the graph is built, and the shapes' ranks. */
  static boolean hasKnownAxis(OperationUse use) {
    return use.input(2).op().type().equals("Const")
        && !use.input(0).shape().isUnknown()
        && !use.input(1).shape().isUnknown();
  }

  static long axis(OperationUse use) {
    GraphOperation constant = (GraphOperation) use.input(2).op();
    try (Tensor value = constant.attributes().getAttrTensor("value")) {
      ByteDataBuffer bytes = value.asRawTensor().data();
      return use.input(2).dataType() == DataType.DT_INT64
          ? bytes.asLongs().getLong(0)
          : bytes.asInts().getInt(0);
    }
  }

  /** Rows picked along any axis, with or without batch dimensions. */
  static Operand<?> gather(OperationStep step) {
    int rank = step.operation().input(0).shape().numDimensions();
    boolean alongFirst = step.operation().type().equals("Gather");
    long axis = alongFirst ? 0 : axis(step.use());
    long batch = alongFirst ? 0 : step.operation().attributes().getAttrInt("batch_dims");
    int picked = step.operation().input(1).shape().numDimensions();
    return gather(
        step,
        rank,
        (int) (axis < 0 ? axis + rank : axis),
        (int) (batch < 0 ? batch + picked : batch),
        picked);
  }

  private static Operand<?> gather(OperationStep step, int rank, int axis, int batch, int picked) {
    Ops tf = step.tf();
    int inner = picked - batch;
    // The gradient has the dimensions [batch, outer, picked, rest]; picked goes before outer.
    int[] forward =
        order(0, batch, axis, axis + inner, batch, axis, axis + inner, rank - 1 + inner);
    // And the sums have [batch, axis, outer, rest].
    int[] back = order(0, batch, batch + 1, axis + 1, batch, batch + 1, axis + 1, rank);
    Operand<TInt64> shape = tf.shape(step.in(0), TInt64.class);
    Operand<TInt64> indices =
        tf.dtypes.cast(OperationStep.number(step.operation().input(1)), TInt64.class);
    Operand<TInt64> length = part(tf, shape, axis, 1);
    Operand<TInt64> batches = part(tf, shape, 0, batch);
    Operand<TInt64> examples = tf.prod(batches, tf.constant(0), Prod.keepDims(true));
    Operand<TInt64> others =
        tf.concat(
            List.of(
                part(tf, shape, batch, axis - batch), part(tf, shape, axis + 1, rank - axis - 1)),
            tf.constant(0));
    Operand<TInt64> grouped =
        tf.reshape(indices, tf.concat(List.of(examples, tf.array(-1L)), tf.constant(0)));
    Operand<TInt64> starts =
        tf.math.mul(
            tf.range(tf.constant(0L), tf.reshape(examples, scalar(tf)), tf.constant(1L)), length);
    Operand<TInt64> places =
        tf.reshape(tf.math.add(grouped, tf.expandDims(starts, tf.constant(1))), tf.array(-1));
    Operand<TNumber> rows =
        tf.reshape(
            tf.linalg.transpose(step.gradient(), tf.constant(forward)),
            tf.concat(List.of(tf.shape(places, TInt64.class), others), tf.constant(0)));
    Operand<TInt64> segments = tf.reshape(tf.math.mul(examples, length), scalar(tf));
    Operand<TNumber> sums =
        tf.reshape(
            tf.math.unsortedSegmentSum(rows, places, segments),
            tf.concat(List.of(batches, length, others), tf.constant(0)));
    return tf.linalg.transpose(sums, tf.constant(back));
  }

  /** Numbers from ranges that are given by their beginnings and ends. */
  private static int[] order(int... bounds) {
    return IntStream.range(0, bounds.length / 2)
        .flatMap(i -> IntStream.range(bounds[2 * i], bounds[2 * i + 1]))
        .toArray();
  }

  private static Operand<TInt64> part(Ops tf, Operand<TInt64> shape, int from, int count) {
    return tf.slice(shape, tf.array(from), tf.array(count));
  }

  /** Rows replaced: what was there has no gradient. */
  static Map<Integer, Operand<?>> scatterUpdate(OperationStep step) {
    Output<?> indices = step.operation().input(1);
    return step.wanted(
        0,
        () ->
            step.op("TensorScatterUpdate")
                .in(step.gradient(), indices, step.tf().zerosLike(step.in(2)))
                .out(0),
        2,
        () -> picked(step));
  }

  /** Rows added or subtracted. */
  static Map<Integer, Operand<?>> scatterAdd(OperationStep step) {
    Map<Integer, Operand<?>> gradients = new LinkedHashMap<>();
    gradients.put(0, step.gradient());
    if (step.wants(2)) {
      boolean minus = step.operation().type().endsWith("Sub");
      gradients.put(2, minus ? step.tf().math.neg(picked(step)) : picked(step));
    }
    return gradients;
  }

  private static Operand<TNumber> picked(OperationStep step) {
    return step.op("GatherNd").in(step.gradient(), step.operation().input(1)).out(0);
  }

  /** The inputs that are axes or positions, and the attribute with their type. */
  private record Positions(String attribute, int first, int last) {

    static Positions of(OperationUse use) {
      return switch (use.type()) {
        case "ConcatV2" -> {
          int axis = use.operation().numInputs() - 1;
          yield new Positions("Tidx", axis, axis);
        }
        case "StridedSlice" -> new Positions("Index", 1, 3);
        default -> new Positions("Tidx", 1, 1);
      };
    }
  }

  /** Whether axes or positions are numbers of 64 bits. */
  static boolean hasWidePositions(OperationUse use) {
    return use.input(Positions.of(use).first()).dataType() == DataType.DT_INT64;
  }

  /** TensorFlow's derivative with the axes or positions as numbers of 32 bits. */
  static Map<Integer, Operand<?>> withNarrowPositions(OperationStep step) {
    Positions positions = Positions.of(step.use());
    Map<Integer, Output<?>> narrow = new LinkedHashMap<>();
    for (int i = positions.first(); i <= positions.last(); i++) {
      narrow.put(
          i,
          step.tf()
              .dtypes
              .cast(OperationStep.number(step.operation().input(i)), TInt32.class)
              .asOutput());
    }
    OperationStep narrowed = step.with(narrow);
    NodeDef.Builder settings =
        OperationDefinitions.node(step.operation())
            .putAttr(
                positions.attribute(), AttrValue.newBuilder().setType(DataType.DT_INT32).build());
    return LibraryGradient.of(LibraryGradient.question(narrowed, settings)).gradients(narrowed);
  }

  /**
   * Running products, exact where numbers are zero.
   *
   * <p>With zeros replaced by ones, P the running products and c the running counts of zeros,
   * {@code dx_k = Σ_i dy_i P_i [c_i = z_k] / x_k}, the sum over the products that have {@code x_k}
   * as a factor and z telling whether it is zero.
   */
  static Operand<?> runningProduct(OperationStep step) {
    Ops tf = step.tf();
    Operand<TNumber> x = step.in(0);
    Operand<TNumber> one = tf.onesLike(x);
    Operand<TNumber> zeros = tf.dtypes.cast(tf.math.equal(x, tf.zerosLike(x)), x.type());
    Operand<TNumber> filled = tf.math.add(x, zeros);
    Operand<TNumber> products = scan(step, "Cumprod", filled, step.use().flag("reverse"));
    Operand<TNumber> counts = scan(step, "Cumsum", zeros, step.use().flag("reverse"));
    Operand<TNumber> weighted = tf.math.mul(step.gradient(), products);
    Operand<TNumber> without = sumOver(step, weighted, counts, tf.zerosLike(x));
    Operand<TNumber> withOne = sumOver(step, weighted, counts, one);
    Operand<TNumber> chosen = tf.select(tf.math.equal(zeros, one), withOne, without);
    return tf.math.div(chosen, filled);
  }

  private static Operand<TNumber> sumOver(
      OperationStep step,
      Operand<TNumber> weighted,
      Operand<TNumber> counts,
      Operand<TNumber> wanted) {
    Ops tf = step.tf();
    Operand<TNumber> kept =
        tf.select(tf.math.equal(counts, wanted), weighted, tf.zerosLike(weighted));
    return scan(step, "Cumsum", kept, !step.use().flag("reverse"));
  }

  private static Operand<TNumber> scan(
      OperationStep step, String type, Operand<TNumber> value, boolean reverse) {
    return step.op(type)
        .in(value, step.operation().input(1))
        .flag("exclusive", step.use().flag("exclusive"))
        .flag("reverse", reverse)
        .out(0);
  }

  /**
   * Running log-sums of exponentials: {@code dx_k = Σ_i dy_i exp(x_k - y_i)}, gradients of either
   * sign summed in the logarithm.
   */
  static Operand<?> runningLogSum(OperationStep step) {
    Ops tf = step.tf();
    Operand<TNumber> gradient = step.gradient();
    return tf.math.sub(logSumPart(step, gradient), logSumPart(step, tf.math.neg(gradient)));
  }

  private static Operand<TNumber> logSumPart(OperationStep step, Operand<TNumber> gradient) {
    Ops tf = step.tf();
    Operand<TNumber> zero = tf.zerosLike(gradient);
    Operand<TNumber> positive = tf.math.maximum(gradient, zero);
    Operand<TNumber> logarithm = tf.math.sub(tf.math.log(positive), step.out(0));
    Operand<TNumber> sums =
        scan(step, "CumulativeLogsumexp", logarithm, !step.use().flag("reverse"));
    return tf.math.exp(tf.math.add(sums, step.in(0)));
  }
}
