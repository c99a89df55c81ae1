package io.github.tfkfac;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/**
 * The same value at every step.
 *
 * @param value the value
 */
public record Constant(double value) implements Schedule {

  public Constant {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("expected a finite value in a schedule, found " + value);
    }
  }

  @Override
  public Operand<TFloat64> at(Ops tf, Operand<TInt64> step) {
    return tf.constant(value);
  }
}
