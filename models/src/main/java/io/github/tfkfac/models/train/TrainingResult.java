package io.github.tfkfac.models.train;

import io.github.tfkfac.models.data.BatcherPosition;
import java.nio.file.Path;
import java.util.Optional;

/**
 * State of a run at its end.
 *
 * @param outcome whether it is complete
 * @param step training steps done
 * @param position place in the training data
 * @param evaluation the last evaluation, if there was one
 * @param checkpoint the last checkpoint, if there is one; resumed from it, a run continues exactly
 *     as if it had not ended
 */
public record TrainingResult(
    Outcome outcome,
    long step,
    BatcherPosition position,
    Optional<ClassificationMetrics> evaluation,
    Optional<Path> checkpoint) {

  /** Reason for the end of a run. */
  public enum Outcome {
    /** It is complete. */
    FINISHED,
    /** A stop was requested. */
    INTERRUPTED
  }
}
