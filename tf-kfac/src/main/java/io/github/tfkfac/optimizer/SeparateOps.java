package io.github.tfkfac.optimizer;

import io.github.tfkfac.factor.TapMoments;
import io.github.tfkfac.state.OrderedOps;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Parts of a training step that can be run on their own.
 *
 * @param statistics updates the statistics from the batch that is fed, due or not
 * @param exactRefresh refreshes every inverse with the exact solver
 * @param iterativeRefresh refreshes every inverse with the iterative solver
 */
public record SeparateOps(Op statistics, Op exactRefresh, Op iterativeRefresh) {

  static <T extends TNumber> SeparateOps build(
      Ops tf, TrainStep<T> step, Counters counters, CurvatureOptions options) {
    Curvature<T> curvature = step.curvature().orElseThrow();
    return new SeparateOps(
        OrderedOps.group(
            tf, curvature.updateAverages(tf, tf.constant(true), step.taps(), TapMoments::of)),
        OrderedOps.group(
            tf, curvature.refresh().now(tf, options.exactSolver(), counters.exactRefreshes)),
        OrderedOps.group(
            tf,
            curvature.refresh().now(tf, options.iterativeSolver(), counters.iterativeRefreshes)));
  }
}
