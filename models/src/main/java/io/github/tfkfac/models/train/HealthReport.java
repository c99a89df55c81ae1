package io.github.tfkfac.models.train;

import io.github.tfkfac.optimizer.TrainingHealth;

/**
 * A step in which the optimizer rejected something that was not finite.
 *
 * @param step training steps done, this one included
 * @param before counters before the step
 * @param after counters after it
 */
public record HealthReport(long step, TrainingHealth before, TrainingHealth after) {

  /** Whether the step left the network as it was. */
  public boolean skipped() {
    return after.skippedSteps() > before.skippedSteps();
  }

  /** Batch statistics of layers that were rejected. */
  public long rejectedStatistics() {
    return after.rejectedStatistics() - before.rejectedStatistics();
  }

  /** Inverses that were rejected. */
  public long rejectedInverses() {
    return after.rejectedInverses() - before.rejectedInverses();
  }

  boolean isEmpty() {
    return !skipped() && rejectedStatistics() == 0 && rejectedInverses() == 0;
  }
}
