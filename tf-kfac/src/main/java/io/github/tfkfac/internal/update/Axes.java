package io.github.tfkfac.internal.update;

import io.github.tfkfac.Folding;
import io.github.tfkfac.internal.linalg.Matrices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Functions of the axes of a tensor of static shape.
 *
 * <p>A walk visits them one after the other, each time with the tensor as a matrix whose rows are
 * one axis; a step that returns the transpose, or the transpose times a matrix, brings the next
 * axis to the front, and after the last one all are in their old order.
 */
final class Axes {

  private Axes() {}

  /**
   * The shape whose axes have factors; those of length 1 are left out, unless there is no other.
   */
  static Shape of(Shape shape, Folding folding) {
    long[] lengths = shape.asArray();
    if (folding == Folding.MATRIX && lengths.length > 2) {
      long last = lengths[lengths.length - 1];
      lengths = new long[] {shape.size() / last, last};
    }
    long[] longer = LongStream.of(lengths).filter(length -> length != 1).toArray();
    return longer.length == 0 ? Shape.of(1) : Shape.of(longer);
  }

  /** The shapes of the blocks in the order of {@link #blockwise}. */
  static List<Shape> blocks(Shape shape, int largest) {
    List<Shape> blocks = List.of(Shape.scalar());
    for (long length : shape.asArray()) {
      List<Shape> longer = new ArrayList<>();
      for (Shape block : blocks) {
        LongStream.of(parts(length, largest)).forEach(part -> longer.add(block.append(part)));
      }
      blocks = longer;
    }
    return blocks;
  }

  /**
   * A function of blocks of tensors of one shape: every axis in parts of at most a length.
   *
   * @param axis the first that is not in parts yet
   * @param function from a block of each tensor to one of the result
   */
  static <T extends TNumber> Operand<T> blockwise(
      Ops tf,
      List<Operand<T>> tensors,
      int largest,
      int axis,
      Function<List<Operand<T>>, Operand<T>> function) {
    Shape shape = tensors.get(0).shape();
    if (axis == shape.numDimensions()) {
      return function.apply(tensors);
    }
    long[] parts = parts(shape.get(axis), largest);
    if (parts.length == 1) {
      return blockwise(tf, tensors, largest, axis + 1, function);
    }
    Operand<TInt64> lengths = tf.constant(parts);
    List<List<Output<T>>> pieces =
        tensors.stream()
            .map(t -> tf.splitV(t, lengths, tf.constant(axis), (long) parts.length).output())
            .toList();
    List<Operand<T>> results = new ArrayList<>();
    for (int part = 0; part < parts.length; part++) {
      List<Operand<T>> block = new ArrayList<>();
      for (List<Output<T>> own : pieces) {
        block.add(own.get(part));
      }
      results.add(blockwise(tf, block, largest, axis + 1, function));
    }
    return tf.concat(results, tf.constant(axis));
  }

  private static long[] parts(long length, int largest) {
    long[] parts = new long[Math.toIntExact((length + largest - 1) / largest)];
    Arrays.fill(parts, largest);
    parts[parts.length - 1] = length - (parts.length - 1L) * largest;
    return parts;
  }

  static <T extends TNumber> Operand<T> reshaped(Ops tf, Operand<T> tensor, Shape shape) {
    return tf.reshape(tensor, tf.constant(shape.asArray()));
  }

  /**
   * A walk over the axes.
   *
   * @param step from an axis and a matrix {@code [length, all others]} to another such matrix
   */
  static <T extends TNumber> Operand<T> walked(
      Ops tf, Operand<T> tensor, BiFunction<Integer, Operand<T>, Operand<T>> step) {
    Shape shape = tensor.shape();
    Operand<T> current = tensor;
    for (int axis = 0; axis < shape.numDimensions(); axis++) {
      Shape rows = Shape.of(shape.get(axis), shape.size() / shape.get(axis));
      current = Matrices.transpose(tf, step.apply(axis, reshaped(tf, current, rows)));
    }
    return reshaped(tf, current, shape);
  }

  /** The sum of outer products, {@code [length, length]}, along every axis. */
  static <T extends TNumber> List<Operand<T>> grams(Ops tf, Operand<T> tensor) {
    List<Operand<T>> grams = new ArrayList<>();
    walked(
        tf,
        tensor,
        (axis, rows) -> {
          grams.add(Matrices.multiplyByTransposed(tf, rows, rows));
          return rows;
        });
    return grams;
  }

  /**
   * The tensor with every axis multiplied by the transpose of its matrix or, back, by its matrix;
   * one without a matrix stays.
   */
  static <T extends TNumber> Operand<T> multiplied(
      Ops tf, Operand<T> tensor, List<Optional<Operand<T>>> matrices, boolean back) {
    return walked(
        tf,
        tensor,
        (axis, rows) ->
            matrices.get(axis).isPresent()
                ? tf.linalg.matMul(matrices.get(axis).get(), rows, MatMul.transposeA(!back))
                : rows);
  }
}
