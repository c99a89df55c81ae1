package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.extension.GraphVariable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * State of a layer's example mask: the examples that count, and the number of updates in which any
 * did.
 *
 * @param mask {@code [N]}
 * @param updates how often the layer's averages were updated
 */
public record MaskState(Operand<TBool> mask, GraphVariable<TInt64> updates) {

  /** The number of the current update, 1 for the first. */
  Operand<TInt64> nextUpdate(Ops tf) {
    return tf.math.add(updates.read(tf), tf.constant(1L));
  }

  /** A scalar: whether any example counts. */
  static Operand<TBool> any(Ops tf, Operand<TBool> mask) {
    return tf.reduceAny(mask, tf.constant(0));
  }

  /**
   * The places of the examples that count; the first example where none does, so that nothing after
   * it meets an empty batch.
   */
  static Operand<TInt64> indices(Ops tf, Operand<TBool> mask) {
    Operand<TInt32> first = tf.constant(0);
    Operand<TInt32> examples = tf.gather(tf.shape(mask), first, first);
    Operand<TBool> isFirst = tf.math.equal(tf.range(first, examples, tf.constant(1)), first);
    Operand<TBool> filled =
        tf.math.logicalOr(mask, tf.math.logicalAnd(isFirst, tf.math.logicalNot(any(tf, mask))));
    return tf.reshape(tf.where(filled), tf.array(-1));
  }
}
