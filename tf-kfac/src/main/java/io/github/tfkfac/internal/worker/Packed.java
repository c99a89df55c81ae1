package io.github.tfkfac.internal.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Several values of known shapes as one vector.
 *
 * @param vector the values, one after the other
 * @param shapes of the values
 */
public record Packed<T extends TNumber>(Operand<T> vector, List<Shape> shapes) {

  /**
   * Packs values.
   *
   * @throws IllegalArgumentException if a shape is not known
   */
  public static <T extends TNumber> Packed<T> of(Ops tf, List<Operand<T>> values) {
    List<Operand<T>> flat = new ArrayList<>();
    for (Operand<T> value : values) {
      if (value.shape().hasUnknownDimension()) {
        throw new IllegalArgumentException(
            "expected values of known shapes to be exchanged between workers, found '%s' with shape %s"
                .formatted(value.op().name(), value.shape()));
      }
      flat.add(tf.reshape(value, tf.array(-1)));
    }
    return new Packed<>(
        flat.size() == 1 ? flat.get(0) : tf.concat(flat, tf.constant(0)),
        values.stream().map(Operand::shape).toList());
  }

  /** The values after a change of the vector. */
  public List<Operand<T>> apply(Ops tf, UnaryOperator<Operand<T>> change) {
    return unpack(tf, change.apply(vector), shapes);
  }

  /** The length of the vector that values of some shapes make. */
  public static Shape length(List<Shape> shapes) {
    return Shape.of(shapes.stream().mapToLong(Shape::size).sum());
  }

  /** The values in a vector. */
  public static <T extends TNumber> List<Operand<T>> unpack(
      Ops tf, Operand<T> vector, List<Shape> shapes) {
    if (shapes.size() == 1) {
      return List.of(tf.reshape(vector, tf.constant(shapes.get(0))));
    }
    long[] sizes = shapes.stream().mapToLong(Shape::size).toArray();
    List<Operand<T>> values = new ArrayList<>();
    int next = 0;
    for (Operand<T> part :
        tf.splitV(vector, tf.constant(sizes), tf.constant(0), (long) sizes.length)) {
      values.add(tf.reshape(part, tf.constant(shapes.get(next++))));
    }
    return values;
  }
}
