package io.github.tfkfac;

import io.github.tfkfac.internal.optimizer.Curvature;
import io.github.tfkfac.internal.optimizer.Lazy;
import io.github.tfkfac.internal.optimizer.Observed;
import io.github.tfkfac.internal.optimizer.TrainStep;
import io.github.tfkfac.internal.state.OrderedOps;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Parts of a training step that can be run on their own.
 *
 * @param statistics updates the statistics from the batch that is fed, due or not
 * @param exactRefresh refreshes every inverse with the exact solver
 * @param iterativeRefresh refreshes every inverse with the iterative solver
 */
public record SeparateOps(Op statistics, Op exactRefresh, Op iterativeRefresh) {

  static <T extends TNumber> SeparateOps build(Ops tf, TrainStep<T> step) {
    Curvature<T> curvature = step.curvature().orElseThrow();
    Operand<TInt64> done = step.stepsDone(tf);
    Observed<T> observed = step.observed(done).behind(tf, new Lazy<>(() -> tf.constant(true)));
    return new SeparateOps(
        OrderedOps.group(tf, curvature.statistics().update(tf, done, tf.constant(true), observed)),
        OrderedOps.group(tf, curvature.refresh().now(tf, done, true, observed)),
        OrderedOps.group(tf, curvature.refresh().now(tf, done, false, observed)));
  }
}
