package io.github.tfkfac.tools.detect;

import io.github.tfkfac.detection.train.DetectionEvaluator;
import io.github.tfkfac.models.train.TrainingResult;
import io.github.tfkfac.tools.run.Task;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Outcome of the training of a detector.
 *
 * @param training the trainer's result
 * @param skippedImages images that the run skipped
 */
public record DetectorOutcome(
    TrainingResult<DetectionEvaluator.Outcome> training, int skippedImages)
    implements Task.Outcome {

  @Override
  public boolean finished() {
    return training.finished();
  }

  @Override
  public Map<String, Object> result() {
    Map<String, Object> result = new LinkedHashMap<>();
    training
        .evaluation()
        .ifPresent(
            found -> {
              result.put("box", found.boxes().metrics().byName());
              found.masks().ifPresent(masks -> result.put("mask", masks.metrics().byName()));
            });
    training
        .last()
        .ifPresent(
            last -> {
              result.put("steps", last.step());
              result.put("losses", last.losses());
              result.put("health", last.health());
            });
    result.put("skipped_images", skippedImages);
    return result;
  }
}
