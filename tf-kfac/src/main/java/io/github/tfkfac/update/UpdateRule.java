package io.github.tfkfac.update;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Moves a variable along a direction: a pure function from value, direction and slots to the new
 * value and slots.
 *
 * <p><i>Shapes</i>: everything has the variable's shape, but the scalars of {@link Context}.
 * <i>Numerics</i>: slots start at zero and have the variable's type.
 */
public sealed interface UpdateRule permits Momentum, AdamW {

  /** Names of the slots that the rule keeps for every variable. */
  List<String> slots();

  /** Builds the new value and the new slots. */
  <T extends TNumber> Result<T> apply(Ops tf, Context<T> context);

  /**
   * What a rule sees of one variable at one step.
   *
   * @param weight the variable's value
   * @param direction the (preconditioned) gradient
   * @param slots values of the slots, in the order of {@link UpdateRule#slots()}
   * @param learningRate scalar
   * @param count scalar, 1 at the first applied update
   * @param weightDecay the variable's weight decay, 0 for none
   * @param type element type
   */
  record Context<T extends TNumber>(
      Operand<T> weight,
      Operand<T> direction,
      List<Operand<T>> slots,
      Operand<T> learningRate,
      Operand<T> count,
      double weightDecay,
      Class<T> type) {

    public Context {
      slots = List.copyOf(slots);
    }
  }

  /**
   * What a rule leaves behind.
   *
   * @param weight the variable's new value
   * @param slots the slots' new values
   */
  record Result<T extends TNumber>(Operand<T> weight, List<Operand<T>> slots) {

    public Result {
      slots = List.copyOf(slots);
    }
  }
}
