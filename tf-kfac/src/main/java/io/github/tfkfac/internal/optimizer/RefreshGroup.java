package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.Cadence;
import io.github.tfkfac.RefreshPolicy;
import io.github.tfkfac.extension.RefreshWork;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Works of a refresh that are done in the same steps.
 *
 * @param policy when they are due
 * @param offset first step, counted from which the policy holds
 * @param works what is refreshed
 * @param owners the worker that does a work for all; the others are done by every worker
 */
public record RefreshGroup<T extends TNumber>(
    RefreshPolicy policy,
    long offset,
    List<RefreshWork<T>> works,
    Map<RefreshWork<T>, Integer> owners) {

  /** The worker that does a work for all, if one does. */
  Optional<Integer> owner(RefreshWork<T> work) {
    return Optional.ofNullable(owners.get(work));
  }

  RefreshGroup<T> withWorks(List<RefreshWork<T>> others) {
    return new RefreshGroup<>(policy, offset, others, owners);
  }

  Operand<TBool> due(Ops tf, Operand<TInt64> step) {
    if (offset == 0) {
      return policy.due(tf, step);
    }
    return Cadence.every(policy.period()).due(tf, shifted(tf, step));
  }

  Operand<TBool> exact(Ops tf, Operand<TInt64> step) {
    return policy.exact(tf, offset == 0 ? step : shifted(tf, step));
  }

  private Operand<TInt64> shifted(Ops tf, Operand<TInt64> step) {
    return tf.math.sub(step, tf.constant(offset));
  }
}
