package io.github.tfkfac.internal.update;

import io.github.tfkfac.Folding;
import io.github.tfkfac.internal.linalg.Matrices;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.LongStream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
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

  /**
   * Block of a tensor.
   *
   * @param begin its first entry along every axis
   * @param shape its lengths
   */
  record Block(Shape begin, Shape shape) {

    <T extends TNumber> Operand<T> of(Ops tf, Operand<T> tensor) {
      return tensor.shape().equals(shape)
          ? tensor
          : tf.slice(tensor, tf.constant(begin.asArray()), tf.constant(shape.asArray()));
    }
  }

  /** Blocks of at most a length along every axis, in row-major order. */
  static List<Block> blocks(Shape shape, int largest) {
    List<Block> blocks = List.of(new Block(Shape.scalar(), Shape.scalar()));
    for (long length : shape.asArray()) {
      List<Block> longer = new ArrayList<>();
      for (Block block : blocks) {
        for (long at = 0; at < length; at += largest) {
          Shape lengths = block.shape.append(Math.min(largest, length - at));
          longer.add(new Block(block.begin.append(at), lengths));
        }
      }
      blocks = longer;
    }
    return blocks;
  }

  /** The tensor of a shape from its {@link #blocks}. */
  static <T extends TNumber> Operand<T> joined(
      Ops tf, List<Operand<T>> blocks, Shape shape, int largest) {
    List<Operand<T>> parts = blocks;
    for (int axis = shape.numDimensions() - 1; axis >= 0; axis--) {
      int each = Math.toIntExact((shape.get(axis) + largest - 1) / largest);
      List<Operand<T>> rows = new ArrayList<>();
      for (int from = 0; from < parts.size(); from += each) {
        List<Operand<T>> row = parts.subList(from, from + each);
        rows.add(each == 1 ? row.get(0) : tf.concat(row, tf.constant(axis)));
      }
      parts = rows;
    }
    return parts.get(0);
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
