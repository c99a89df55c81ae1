package io.github.tfkfac;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** Over what a loss of a model's output {@code [N, ..., K]} is averaged. */
public enum Averaging {
  /** Over the N examples; what lies between the first and the last dimension is summed. */
  EXAMPLES,
  /** Over examples and positions: all dimensions but the last. */
  POSITIONS;

  /** The number of averaged terms, a scalar. */
  public <T extends TNumber> Operand<T> terms(Ops tf, Operand<T> output) {
    Operand<TInt32> sizes = tf.shape(output);
    int rank = output.shape().numDimensions();
    int averaged = this == EXAMPLES ? 1 : Math.max(1, rank - 1);
    Operand<TInt32> first = tf.slice(sizes, tf.array(0), tf.array(averaged));
    return tf.dtypes.cast(tf.reduceProd(first, tf.constant(0)), output.type());
  }
}
