package io.github.tfkfac.tools.detect;

import io.github.tfkfac.detection.train.DetectionEvaluator;
import io.github.tfkfac.detection.train.DetectionStep;
import io.github.tfkfac.tools.run.Task;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Outcome of the training of a detector.
 *
 * @param finished whether the run is complete
 * @param step the last step
 * @param evaluation the last evaluation
 * @param checkpoint the last checkpoint
 * @param skippedImages images that the run skipped
 */
public record DetectorOutcome(
    boolean finished,
    Optional<DetectionStep> step,
    Optional<DetectionEvaluator.Outcome> evaluation,
    Optional<Path> checkpoint,
    int skippedImages)
    implements Task.Outcome {

  @Override
  public Map<String, Object> result() {
    Map<String, Object> result = new LinkedHashMap<>();
    evaluation.ifPresent(
        found -> {
          result.put("box", found.boxes().metrics().byName());
          found.masks().ifPresent(masks -> result.put("mask", masks.metrics().byName()));
        });
    step.ifPresent(
        last -> {
          result.put("steps", last.step());
          result.put("losses", last.losses());
          result.put("health", last.health());
        });
    result.put("skipped_images", skippedImages);
    return result;
  }
}
