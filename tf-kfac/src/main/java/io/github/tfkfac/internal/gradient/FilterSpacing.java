package io.github.tfkfac.internal.gradient;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** Filters whose taps are put apart by zeros, and back. */
final class FilterSpacing {

  private FilterSpacing() {}

  /**
   * Puts entries apart.
   *
   * @param apart the distance of neighbors along each axis of the filter
   */
  static Operand<TNumber> spread(Ops tf, Operand<TNumber> filter, int[] apart) {
    int rank = apart.length;
    Operand<TInt32> shape = tf.shape(filter);
    int[] pairs = new int[2 * rank];
    int[][] margins = new int[2 * rank][2];
    for (int i = 0; i < rank; i++) {
      pairs[2 * i] = apart[i];
      margins[2 * i + 1][1] = apart[i] - 1;
    }
    // Every axis gets one of length 1 beside it, which grows to the distance.
    Operand<TInt32> ones = tf.onesLike(shape);
    Operand<TInt32> paired = tf.reshape(transposedPairs(tf, shape, ones), tf.array(-1));
    Operand<TNumber> grown =
        tf.pad(
            tf.reshape(filter, paired),
            tf.constant(margins),
            tf.dtypes.cast(tf.constant(0.0), filter.type()));
    Operand<TInt32> distances = tf.constant(apart);
    Operand<TNumber> joined = tf.reshape(grown, tf.math.mul(shape, distances));
    return tf.slice(
        joined,
        tf.zerosLike(shape),
        tf.math.add(tf.math.mul(tf.math.sub(shape, ones), distances), ones));
  }

  private static Operand<TInt32> transposedPairs(
      Ops tf, Operand<TInt32> first, Operand<TInt32> second) {
    return tf.linalg.transpose(tf.stack(List.of(first, second)), tf.constant(new int[] {1, 0}));
  }

  /** Takes the entries out again. */
  static Operand<TNumber> gather(
      Ops tf, Operand<TNumber> spread, Operand<TInt32> shape, int[] apart) {
    return tf.reshape(
        tf.stridedSlice(spread, tf.zerosLike(shape), tf.shape(spread), tf.constant(apart)), shape);
  }
}
