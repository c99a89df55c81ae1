package io.github.tfkfac.detection.box;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/** Lists of any length as lists of a fixed one, so that shapes are known when a graph is built. */
public final class FixedLength {

  private FixedLength() {}

  /**
   * At most {@code length} rows followed by padding.
   *
   * <p><i>Shapes</i>: {@code [n, ...]} with n up to {@code length}, filler {@code [...]}; result
   * {@code [length, ...]}.
   */
  public static <T extends TType> Operand<T> pad(
      Ops tf, Operand<T> rows, int length, Operand<T> filler) {
    Operand<TInt32> missing = tf.math.sub(tf.constant(length), count(tf, rows));
    Shape rest = filler.shape();
    List<Operand<TInt32>> sizes = new ArrayList<>();
    sizes.add(tf.reshape(missing, tf.constant(new int[] {1})));
    long[] shape = new long[rest.numDimensions() + 1];
    shape[0] = length;
    for (int d = 0; d < rest.numDimensions(); d++) {
      shape[d + 1] = rest.get(d);
      sizes.add(tf.constant(new int[] {(int) rest.get(d)}));
    }
    Operand<T> padding = tf.broadcastTo(filler, concat(tf, sizes));
    return tf.reshape(tf.concat(List.of(rows, padding), tf.constant(0)), tf.constant(shape));
  }

  /** The rows of one list after the other. */
  public static <T extends TType> Operand<T> concat(Ops tf, List<Operand<T>> lists) {
    return lists.size() == 1 ? lists.get(0) : tf.concat(lists, tf.constant(0));
  }

  /** True for the first {@code count} of {@code length} rows. */
  public static Operand<TBool> first(Ops tf, Operand<TInt32> count, int length) {
    return tf.math.less(tf.range(tf.constant(0), tf.constant(length), tf.constant(1)), count);
  }

  /** Number of rows, {@code []}. */
  public static Operand<TInt32> count(Ops tf, Operand<? extends TType> rows) {
    return tf.gather(tf.shape(rows), tf.constant(0), tf.constant(0));
  }

  /**
   * Indices of the largest values in descending order, lower indices first among equals.
   *
   * <p><i>Shapes</i>: {@code [n]} to {@code [min(n, most)]}.
   */
  public static <T extends TNumber> Operand<TInt32> largest(Ops tf, Operand<T> values, int most) {
    Operand<TInt32> number = tf.math.minimum(tf.constant(most), count(tf, values));
    return tf.nn.topK(values, number, TInt32.class).indices();
  }
}
