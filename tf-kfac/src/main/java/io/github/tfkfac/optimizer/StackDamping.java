package io.github.tfkfac.optimizer;

import io.github.tfkfac.damping.Damping;
import io.github.tfkfac.damping.DampingContext;
import io.github.tfkfac.damping.FactorPair;
import io.github.tfkfac.optimizer.FactorStack.Member;
import io.github.tfkfac.optimizer.FactorStack.Side;
import io.github.tfkfac.state.GraphVariable;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** The damping of the factors of a stack. */
final class StackDamping {

  private StackDamping() {}

  /**
   * One number per matrix.
   *
   * @param averages the stack's averages
   * @param step number of training steps done
   */
  static <T extends TNumber> Operand<T> of(
      Ops tf,
      FactorStack<T> stack,
      Operand<T> averages,
      Damping damping,
      Operand<TInt64> step,
      Class<T> type) {
    DampingContext context = DampingContext.at(tf, damping, step);
    Operand<T> own = damping.scale().of(tf, stack.structure(), averages);
    List<Side> sides = stack.members().stream().map(Member::side).toList();
    if (!damping.couplesFactors()) {
      return bySide(tf, sides, damping.of(tf, new FactorPair<>(own, own), context, type));
    }
    Operand<T> partners = partners(tf, stack, damping, type);
    return sides.get(0) == Side.INPUT
        ? damping.of(tf, new FactorPair<>(own, partners), context, type).input()
        : damping.of(tf, new FactorPair<>(partners, own), context, type).output();
  }

  /** Of every member its own side's damping. */
  private static <T extends TNumber> Operand<T> bySide(
      Ops tf, List<Side> sides, FactorPair<T> dampings) {
    if (!sides.contains(Side.OUTPUT)) {
      return dampings.input();
    }
    if (!sides.contains(Side.INPUT)) {
      return dampings.output();
    }
    boolean[] input = new boolean[sides.size()];
    for (int i = 0; i < input.length; i++) {
      input[i] = sides.get(i) == Side.INPUT;
    }
    return tf.select(tf.constant(input), dampings.input(), dampings.output());
  }

  private static <T extends TNumber> Operand<T> partners(
      Ops tf, FactorStack<T> stack, Damping damping, Class<T> type) {
    List<Operand<T>> scales = new ArrayList<>();
    for (Member<T> member : stack.members()) {
      FactorState<T> partner = member.partner();
      Operand<T> average =
          partner
              .average()
              .map((GraphVariable<T> variable) -> variable.read(tf))
              .orElseGet(() -> tf.zeros(tf.constant(Shape.of(0)), type));
      scales.add(damping.scale().of(tf, partner.structure(), average));
    }
    return stack.join(tf, scales);
  }
}
