package io.github.tfkfac.models.train;

import io.github.tfkfac.optimizer.TrainingHealth;
import java.time.Duration;

/**
 * One training step.
 *
 * @param step training steps done, this one included
 * @param epoch passes over the data completed before this step
 * @param loss mean loss of the batch before the update
 * @param accuracy fraction of the batch that was correctly classified before the update
 * @param learningRate learning rate of the update
 * @param images images of the batch
 * @param duration time for waiting for the batch and for the step
 * @param health the optimizer's counters after the step
 */
public record StepReport(
    long step,
    int epoch,
    double loss,
    double accuracy,
    double learningRate,
    int images,
    Duration duration,
    TrainingHealth health) {

  private static final double NANOS_PER_SECOND = 1e9;

  /** Images per second; infinite if the clock did not advance. */
  public double imagesPerSecond() {
    return images * NANOS_PER_SECOND / duration.toNanos();
  }
}
