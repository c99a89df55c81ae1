package io.github.tfkfac.internal.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Symmetric matrix {@code [n, n]} as strips of rows, each up to the end of its block on the
 * diagonal: little more than half of the entries, in pieces that are copied whole.
 *
 * @param n order of the matrix
 */
public record Triangle(int n) {

  /** With s strips {@code (1 + 1/s) / 2} of the entries are left. */
  private static final int STRIPS = 32;

  /** Of smaller matrices the operations would cost more than the bytes. */
  private static final int SMALLEST = 1024;

  /** Whether half of a value of this shape is enough, if it is symmetric. */
  public static boolean fits(Shape shape) {
    return shape.numDimensions() == 2 && shape.get(0) == shape.get(1) && shape.get(0) >= SMALLEST;
  }

  /** Numbers that are sent of a matrix of this order. */
  public static long entries(long order) {
    if (!fits(Shape.of(order, order))) {
      return order * order;
    }
    Triangle triangle = ofOrder(order);
    long entries = 0;
    for (int i = 0; i < triangle.strips(); i++) {
      entries += (long) (triangle.row(i + 1) - triangle.row(i)) * triangle.row(i + 1);
    }
    return entries;
  }

  static Triangle ofOrder(long order) {
    return new Triangle(Math.toIntExact(order));
  }

  /** A matrix of that shape. */
  public static Triangle of(Shape shape) {
    return ofOrder(shape.get(0));
  }

  /** The first row of a strip, or the end of the last. */
  private int row(int strip) {
    return Math.min(n, strip * ((n + STRIPS - 1) / STRIPS));
  }

  private int strips() {
    int rows = (n + STRIPS - 1) / STRIPS;
    return (n + rows - 1) / rows;
  }

  /** The strips of a matrix; what is right of the blocks on the diagonal is not looked at. */
  public <T extends TNumber> List<Operand<T>> pack(Ops tf, Operand<T> matrix) {
    List<Operand<T>> strips = new ArrayList<>();
    for (int i = 0; i < strips(); i++) {
      strips.add(block(tf, matrix, row(i), 0, row(i + 1) - row(i), row(i + 1)));
    }
    return strips;
  }

  /** The matrix of strips; what is right of a strip lies, transposed, below its diagonal block. */
  public <T extends TNumber> Operand<T> unpack(Ops tf, List<Operand<T>> strips) {
    Operand<TInt32> rows = tf.constant(0);
    Operand<TInt32> columns = tf.constant(1);
    List<List<Operand<T>>> below = new ArrayList<>();
    for (int i = 0; i < strips.size(); i++) {
      below.add(new ArrayList<>());
      if (i > 0) {
        long[] widths = IntStream.rangeClosed(0, i).mapToLong(j -> row(j + 1) - row(j)).toArray();
        List<Output<T>> blocks =
            tf.splitV(strips.get(i), tf.constant(widths), columns, i + 1L).output();
        for (int j = 0; j < i; j++) {
          below.get(j).add(blocks.get(j));
        }
      }
    }
    List<Operand<T>> whole = new ArrayList<>();
    for (int i = 0; i < strips.size(); i++) {
      List<Operand<T>> parts = new ArrayList<>(List.of(strips.get(i)));
      if (!below.get(i).isEmpty()) {
        parts.add(tf.linalg.transpose(join(tf, rows, below.get(i)), tf.array(1, 0)));
      }
      whole.add(join(tf, columns, parts));
    }
    return join(tf, rows, whole);
  }

  private static <T extends TNumber> Operand<T> join(
      Ops tf, Operand<TInt32> axis, List<Operand<T>> parts) {
    return parts.size() == 1 ? parts.get(0) : tf.concat(parts, axis);
  }

  private static <T extends TNumber> Operand<T> block(
      Ops tf, Operand<T> matrix, int row, int column, int rows, int columns) {
    return tf.slice(matrix, tf.array(row, column), tf.array(rows, columns));
  }
}
