package io.github.tfkfac.optimizer;

import io.github.tfkfac.damping.Damping;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** The damping of a stack of factors. */
final class DampingOf {

  private DampingOf() {}

  /** One number per matrix of the stack. */
  static <T extends TNumber> Operand<T> stack(
      Ops tf, FactorStack<T> stack, Damping damping, Operand<TInt64> step, Class<T> type) {
    return damping.of(tf, stack.averages(tf), type);
  }
}
