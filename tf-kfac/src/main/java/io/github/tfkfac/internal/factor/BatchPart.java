package io.github.tfkfac.internal.factor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** One of several equal parts of a batch; the last ones may be shorter or empty. */
record BatchPart(int index, int parts) {

  /** The part's examples. */
  <T extends TNumber> Operand<T> of(Ops tf, Operand<T> batch) {
    if (parts == 1) {
      return batch;
    }
    Operand<TInt32> examples = Sums.size(tf, batch, 0);
    Operand<TInt32> size =
        tf.math.floorDiv(tf.math.add(examples, tf.constant(parts - 1)), tf.constant(parts));
    Operand<TInt32> begin = tf.math.minimum(tf.math.mul(size, tf.constant(index)), examples);
    Operand<TInt32> length = tf.math.minimum(size, tf.math.sub(examples, begin));
    int others = batch.shape().numDimensions() - 1;
    return tf.slice(
        batch, tf.stack(then(tf, begin, 0, others)), tf.stack(then(tf, length, -1, others)));
  }

  private static List<Operand<TInt32>> then(Ops tf, Operand<TInt32> first, int value, int others) {
    List<Operand<TInt32>> all = new ArrayList<>(Collections.nCopies(others, tf.constant(value)));
    all.add(0, first);
    return all;
  }
}
