package io.github.tfkfac.internal.capture;

import io.github.tfkfac.extension.ViewStep;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** Margins around images. */
final class Borders {

  private static final int IMAGE_DIMENSIONS = 3;

  private Borders() {}

  /** Images {@code [..., height, width, channels]} between margins, which may be negative. */
  static <T extends TNumber> Operand<T> of(Ops tf, Operand<T> images, ViewStep.Border border) {
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> margins =
        tf.math.sub(integers(tf, border.paddings()), integers(tf, border.crops()));
    int rank = images.shape().numDimensions();
    List<Operand<TInt32>> rows = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      int row = border.axes().indexOf(i - (rank - IMAGE_DIMENSIONS));
      rows.add(row < 0 ? tf.array(0, 0) : tf.gather(margins, tf.constant(row), zero));
    }
    Operand<TInt32> all = tf.stack(rows);
    Operand<T> padded =
        tf.pad(images, tf.math.maximum(all, zero), tf.constantOfSameType(images, 0));
    Operand<TInt32> cut = tf.math.maximum(tf.math.neg(all), zero);
    Operand<TInt32> before = tf.gather(cut, zero, tf.constant(1));
    Operand<TInt32> lengths = tf.math.sub(tf.shape(padded), tf.reduceSum(cut, tf.constant(1)));
    return tf.slice(padded, before, lengths);
  }

  @SuppressWarnings("unchecked") // paddings and crops are integers
  private static Operand<TInt32> integers(Ops tf, Output<?> values) {
    return tf.dtypes.cast((Operand<? extends TNumber>) values, TInt32.class);
  }
}
