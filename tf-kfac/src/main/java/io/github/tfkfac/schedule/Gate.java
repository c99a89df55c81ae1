package io.github.tfkfac.schedule;

import java.util.List;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.SwitchCond;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TType;

/**
 * Runs a part of the graph only when a scalar predicate holds.
 *
 * <p>Built from Switch and Merge: operations of the gated part hang by control dependency on the
 * taken side of the switch, so everything in it is skipped, at no cost, when the predicate is
 * false. The part must consist of side effects; values leave it through variables that are read
 * after the returned operation. Values from outside should enter it through {@link #pass}: where
 * TensorFlow's graph optimizer finds an operation superfluous (a reshape to the same shape, say) it
 * may drop the control dependencies that it carried, and what follows would run every time.
 */
public final class Gate {

  private Gate() {}

  /**
   * Builds {@code body} so that it runs only when {@code predicate} is true.
   *
   * @param tf where to build; its control dependencies come before the decision
   * @param predicate a scalar
   * @param body receives the gated {@code Ops} and returns the side effects; it must create
   *     operations with that {@code Ops} (or one that depends on what it created), never with
   *     another
   * @return an operation that completes when the part has run or was skipped
   */
  public static Op when(
      Ops tf, Operand<TBool> predicate, Function<Ops, ? extends List<? extends Op>> body) {
    SwitchCond<TBool> side = tf.switchCond(predicate, predicate);
    Operand<TBool> taken = tf.identity(side.outputTrue());
    Operand<TBool> skipped = tf.identity(side.outputFalse());
    List<Op> effects = List.copyOf(body.apply(tf.withControlDependencies(taken)));
    Operand<TBool> done = tf.withControlDependencies(effects).identity(side.outputTrue());
    return tf.merge(List.of(done, skipped));
  }

  /**
   * A value for use in the part that is gated by {@code predicate}: there only when it is true.
   *
   * @param tf where the gate is built
   * @param predicate the gate's predicate
   * @param value from outside of the gated part
   */
  public static <T extends TType> Operand<T> pass(
      Ops tf, Operand<TBool> predicate, Operand<T> value) {
    return tf.switchCond(value, predicate).outputTrue();
  }
}
