package io.github.tfkfac.internal.state;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.SwitchCond;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TType;

/**
 * Runs a part of the graph only when a scalar predicate holds, or one of two parts.
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

  /**
   * Values from one of two parts, of which only the chosen one runs.
   *
   * <p>Neither part has side effects. What a part uses from outside is among its inputs, so that it
   * waits for the choice; what it creates itself it creates with the {@code Ops} it is given.
   *
   * @param predicate a scalar
   * @param inputs what both parts get
   * @param then gives the values if the predicate is true
   * @param otherwise gives as many values, of the same shapes, if it is false
   */
  public static <T extends TType> List<Operand<T>> choose(
      Ops tf,
      Operand<TBool> predicate,
      List<Operand<T>> inputs,
      BiFunction<Ops, List<Operand<T>>, List<Operand<T>>> then,
      BiFunction<Ops, List<Operand<T>>, List<Operand<T>>> otherwise) {
    SwitchCond<TBool> side = tf.switchCond(predicate, predicate);
    List<SwitchCond<T>> passed =
        inputs.stream().map(input -> tf.switchCond(input, predicate)).toList();
    List<Operand<T>> whenTrue =
        then.apply(
            tf.withControlDependencies(tf.identity(side.outputTrue())),
            passed.stream().map(input -> (Operand<T>) input.outputTrue()).toList());
    List<Operand<T>> whenFalse =
        otherwise.apply(
            tf.withControlDependencies(tf.identity(side.outputFalse())),
            passed.stream().map(input -> (Operand<T>) input.outputFalse()).toList());
    if (whenTrue.size() != whenFalse.size()) {
      throw new IllegalArgumentException(
          "expected as many values from both parts of a choice, found "
              + whenTrue.size()
              + " and "
              + whenFalse.size());
    }
    List<Operand<T>> chosen = new ArrayList<>();
    for (int i = 0; i < whenTrue.size(); i++) {
      chosen.add(tf.merge(List.of(whenTrue.get(i), whenFalse.get(i))).output());
    }
    return List.copyOf(chosen);
  }
}
