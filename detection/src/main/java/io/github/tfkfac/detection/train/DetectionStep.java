package io.github.tfkfac.detection.train;

import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.models.train.TrainingListener.StepReport;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One training step.
 *
 * @param step training steps done, this one included
 * @param epoch passes over the data completed before this step
 * @param losses the terms of the loss before the update, by name, in order
 * @param learningRate learning rate of the update
 * @param images ids of the images of the step
 * @param duration time for waiting for the batches and for the step
 * @param health the optimizer's counters after the step
 */
public record DetectionStep(
    long step,
    int epoch,
    Map<String, Double> losses,
    double learningRate,
    List<Long> images,
    Duration duration,
    TrainingHealth health) {

  public DetectionStep {
    losses = Collections.unmodifiableMap(new LinkedHashMap<>(losses));
    images = List.copyOf(images);
  }

  /** The same without the terms of the loss. */
  StepReport report() {
    return new StepReport(
        step, epoch, loss(), Double.NaN, learningRate, images.size(), duration, health);
  }

  /** Total loss that is trained on. */
  public double loss() {
    return losses.values().stream().mapToDouble(Double::doubleValue).sum();
  }
}
