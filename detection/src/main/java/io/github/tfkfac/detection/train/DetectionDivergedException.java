package io.github.tfkfac.detection.train;

import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.models.train.TrainingDivergedException;
import java.nio.file.Path;
import java.util.Optional;

/** Training cannot continue because its numbers are no longer finite. */
public final class DetectionDivergedException extends TrainingDivergedException {

  private static final long serialVersionUID = 1L;

  private DetectionDivergedException(String message, long step) {
    super(message, step);
  }

  static DetectionDivergedException ofLoss(
      String term, double value, DetectionStep step, Optional<Path> checkpoint) {
    return new DetectionDivergedException(
        "expected finite losses, found %s for '%s' at step %d with the images of ids %s; %s"
            .formatted(value, term, step.step(), step.images(), remedy(checkpoint)),
        step.step());
  }

  static DetectionDivergedException ofSkippedSteps(
      int count, DetectionStep step, Optional<Path> checkpoint) {
    return new DetectionDivergedException(
        "expected finite gradients, found %s in a row up to step %d, the last with the images of ids %s; %s"
            .formatted(
                Counts.of(count, "skipped step"), step.step(), step.images(), remedy(checkpoint)),
        step.step());
  }

  private static String remedy(Optional<Path> checkpoint) {
    return checkpoint
            .map(path -> "resume from the checkpoint " + path)
            .orElse("there is no checkpoint, start again")
        + " with a smaller learning rate or more damping, or look at these images' annotations";
  }
}
