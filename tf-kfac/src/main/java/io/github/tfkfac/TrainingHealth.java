package io.github.tfkfac;

import org.tensorflow.types.TInt64;

/**
 * Counters of the work that an optimizer has done and rejected, as plain numbers.
 *
 * @param steps training steps done, skipped ones included
 * @param appliedUpdates steps that moved the variables
 * @param skippedSteps steps that were skipped because a gradient, or the new value of a variable or
 *     slot, was not finite
 * @param rejectedStatistics batch factors that were not finite and did not enter their moving
 *     average
 * @param rejectedInverses refreshed inverses that were not finite and did not replace the old one
 * @param statisticsUpdates times the statistics were updated
 * @param exactRefreshes times the inverses were refreshed by the exact solver
 * @param iterativeRefreshes times they were refreshed by the iterative one
 * @param newtonSteps factors that were refreshed by Newton's iteration, all layers counted
 * @param fullNewtonSteps those among them for which every iteration took the full step, alpha = 1
 */
public record TrainingHealth(
    long steps,
    long appliedUpdates,
    long skippedSteps,
    long rejectedStatistics,
    long rejectedInverses,
    long statisticsUpdates,
    long exactRefreshes,
    long iterativeRefreshes,
    long newtonSteps,
    long fullNewtonSteps) {

  /** Reads the vector that {@link TrainingOptimizer#healthAfterStep()} yields. */
  public static TrainingHealth of(TInt64 values) {
    return new TrainingHealth(
        values.getLong(0),
        values.getLong(1),
        values.getLong(2),
        values.getLong(3),
        values.getLong(4),
        values.getLong(5),
        values.getLong(6),
        values.getLong(7),
        values.getLong(8),
        values.getLong(9));
  }

  /** Whether everything so far was finite. */
  public boolean isSound() {
    return skippedSteps == 0 && rejectedStatistics == 0 && rejectedInverses == 0;
  }
}
