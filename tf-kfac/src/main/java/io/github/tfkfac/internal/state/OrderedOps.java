package io.github.tfkfac.internal.state;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;

/**
 * Orders side effects by control dependencies; which side effects run is decided in {@link
 * io.github.tfkfac.internal.state.Gate}.
 */
public final class OrderedOps {

  private OrderedOps() {}

  /**
   * An {@code Ops} whose operations run after {@code before}.
   *
   * <p>These take the place of the control dependencies that {@code tf} has: in a gated part, what
   * comes before must itself be gated.
   */
  public static Ops after(Ops tf, List<? extends Op> before) {
    return before.isEmpty() ? tf : tf.withControlDependencies(List.copyOf(before));
  }

  /** One operation that completes when all of {@code parts} have; without any, after {@code tf}. */
  public static Op group(Ops tf, List<? extends Op> parts) {
    return after(tf, parts).noOp();
  }

  /**
   * Builds one step per item, each running after the one before, so that only one item's
   * temporaries are alive.
   *
   * @param tf where the first step is built
   * @param items what to process
   * @param step builds an item's side effects; they must exist (an empty list would break the
   *     chain)
   * @return the side effects of all steps
   */
  public static <I> List<Op> chain(Ops tf, List<I> items, BiFunction<Ops, I, List<Op>> step) {
    List<Op> all = new ArrayList<>();
    Ops current = tf;
    for (I item : items) {
      List<Op> effects = step.apply(current, item);
      all.addAll(effects);
      current = after(current, effects);
    }
    return all;
  }
}
