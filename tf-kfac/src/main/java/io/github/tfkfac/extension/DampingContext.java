package io.github.tfkfac.extension;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/**
 * Values of the training step that a damping may use.
 *
 * @param strength scalar: the damping's strength at this step
 * @param step scalar, the number of training steps already done
 */
public record DampingContext(Operand<TFloat64> strength, Operand<TInt64> step) {

  /** The strength that a damping's own schedule gives. */
  public static DampingContext at(Ops tf, Damping damping, Operand<TInt64> step) {
    return new DampingContext(damping.strength().at(tf, step), step);
  }
}
