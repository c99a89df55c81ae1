package io.github.tfkfac.detection.roi;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * The two pixels of an axis between which samples lie, and their weights. Samples up to one pixel
 * outside are moved to the edge; those farther outside weigh nothing.
 *
 * <p><i>Shapes</i>: those of the positions.
 *
 * @param low index of the lower pixel
 * @param lowWeight its weight
 * @param high index of the higher pixel
 * @param highWeight its weight
 */
record Interpolation<T extends TNumber>(
    Operand<TInt32> low, Operand<T> lowWeight, Operand<TInt32> high, Operand<T> highWeight) {

  /**
   * Of samples at these positions, pixel centers being whole numbers.
   *
   * @param pixels number of pixels of the axis, {@code []}
   */
  static <T extends TNumber> Interpolation<T> of(
      Ops tf, Operand<T> positions, Operand<TInt32> pixels) {
    Class<T> type = positions.type();
    Operand<T> length = tf.dtypes.cast(pixels, type);
    Operand<T> one = tf.constant(type, 1);
    Operand<T> last = tf.math.sub(length, one);
    Operand<TBool> near =
        tf.math.logicalAnd(
            tf.math.greaterEqual(positions, tf.math.neg(one)),
            tf.math.lessEqual(positions, length));
    Operand<T> clamped = tf.math.minimum(tf.math.maximum(positions, tf.constant(type, 0)), last);
    Operand<T> low = tf.math.floor(clamped);
    Operand<T> fraction = tf.math.sub(clamped, low);
    Operand<T> high = tf.math.minimum(tf.math.add(low, one), last);
    Operand<T> counted = tf.dtypes.cast(near, type);
    return new Interpolation<>(
        tf.dtypes.cast(low, TInt32.class),
        tf.math.mul(tf.math.sub(one, fraction), counted),
        tf.dtypes.cast(high, TInt32.class),
        tf.math.mul(fraction, counted));
  }
}
