package io.github.tfkfac.internal.graph;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.LongStream;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

/** Integers that a graph fixes when it is built, such as shapes and orders of dimensions. */
final class Constants {

  /** Stands for a value that is not fixed when the graph is built. */
  static final long OPEN = Long.MIN_VALUE;

  private Constants() {}

  /**
   * The values of a scalar or vector of integers, {@link #OPEN} for those that are not fixed; empty
   * if not even their number is known.
   */
  static Optional<long[]> of(Output<?> output) {
    if (!(output.op() instanceof GraphOperation operation)) {
      return Optional.empty();
    }
    Optional<long[]> values =
        switch (operation.type()) {
          case "Const" -> literal(operation);
          case "Identity", "Cast", "ExpandDims", "Reshape", "Squeeze" -> of(operation.input(0));
          case "Pack" -> joined(operation, operation.numInputs());
          case "ConcatV2" -> joined(operation, operation.numInputs() - 1);
          case "Range" -> range(operation);
          case "Shape" -> shape(operation.input(0).shape());
          case "Rank" -> shape(operation.input(0).shape()).map(sizes -> new long[] {sizes.length});
          case "Add", "AddV2", "Sub" -> sum(operation);
          default -> Optional.empty();
        };
    return values.isPresent() ? values : unknown(output.shape());
  }

  /** The values if all of them are fixed. */
  static Optional<long[]> known(Output<?> output) {
    return of(output).filter(values -> Arrays.stream(values).noneMatch(v -> v == OPEN));
  }

  /** The value of a fixed integer scalar. */
  static Optional<Integer> scalar(Output<?> output) {
    return known(output).filter(values -> values.length == 1).map(v -> Math.toIntExact(v[0]));
  }

  private static Optional<long[]> unknown(Shape shape) {
    return shape.isUnknown() || shape.numDimensions() > 1 || shape.hasUnknownDimension()
        ? Optional.empty()
        : Optional.of(LongStream.generate(() -> OPEN).limit(shape.size()).toArray());
  }

  private static Optional<long[]> literal(GraphOperation constant) {
    DataType type = constant.output(0).dataType();
    boolean single = type == DataType.DT_INT32;
    if (!single && type != DataType.DT_INT64) {
      return Optional.empty();
    }
    try (Tensor value = constant.attributes().getAttrTensor("value")) {
      byte[] bytes = new byte[Math.toIntExact(value.numBytes())];
      value.asRawTensor().data().read(bytes);
      ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
      long[] values = new long[bytes.length / (single ? Integer.BYTES : Long.BYTES)];
      for (int i = 0; i < values.length; i++) {
        values[i] = single ? buffer.getInt() : buffer.getLong();
      }
      return Optional.of(values);
    }
  }

  private static Optional<long[]> joined(GraphOperation operation, int count) {
    LongStream all = LongStream.empty();
    for (int i = 0; i < count; i++) {
      Optional<long[]> values = of(operation.input(i));
      if (values.isEmpty()) {
        return Optional.empty();
      }
      all = LongStream.concat(all, Arrays.stream(values.get()));
    }
    return Optional.of(all.toArray());
  }

  private static Optional<long[]> range(GraphOperation range) {
    Optional<Integer> start = scalar(range.input(0));
    Optional<Integer> limit = scalar(range.input(1));
    Optional<Integer> delta = scalar(range.input(2));
    if (start.isEmpty() || limit.isEmpty() || delta.isEmpty() || delta.get() <= 0) {
      return Optional.empty();
    }
    int step = delta.get();
    return Optional.of(
        LongStream.iterate(start.get(), value -> value < limit.get(), value -> value + step)
            .toArray());
  }

  private static Optional<long[]> shape(Shape shape) {
    return shape.isUnknown()
        ? Optional.empty()
        : Optional.of(
            Arrays.stream(shape.asArray())
                .map(size -> size == Shape.UNKNOWN_SIZE ? OPEN : size)
                .toArray());
  }

  private static Optional<long[]> sum(GraphOperation operation) {
    return known(operation.input(0))
        .flatMap(
            a ->
                known(operation.input(1))
                    .filter(b -> a.length == b.length || a.length == 1 || b.length == 1)
                    .map(b -> sum(a, b, operation.type().equals("Sub") ? -1 : 1)));
  }

  private static long[] sum(long[] a, long[] b, int sign) {
    long[] result = new long[Math.max(a.length, b.length)];
    for (int i = 0; i < result.length; i++) {
      result[i] = a[a.length == 1 ? 0 : i] + sign * b[b.length == 1 ? 0 : i];
    }
    return result;
  }
}
