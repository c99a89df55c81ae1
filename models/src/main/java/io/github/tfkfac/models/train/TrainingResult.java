package io.github.tfkfac.models.train;

import io.github.tfkfac.models.data.BatcherPosition;
import io.github.tfkfac.models.train.TrainingListener.StepReport;
import java.nio.file.Path;
import java.util.Optional;

/**
 * State of a run at its end.
 *
 * @param outcome whether it is complete
 * @param step training steps done
 * @param position place in the training data
 * @param last the last step, if one was made
 * @param evaluation the last evaluation, if there was one
 * @param checkpoint the last checkpoint, if there is one; resumed from it, a run continues exactly
 *     as if it had not ended
 */
public record TrainingResult<E>(
    Outcome outcome,
    long step,
    BatcherPosition position,
    Optional<StepReport> last,
    Optional<E> evaluation,
    Optional<Path> checkpoint) {

  /** Reason for the end of a run. */
  public enum Outcome {
    /** It is complete. */
    FINISHED,
    /** A stop was requested. */
    INTERRUPTED
  }

  /** Whether the run is complete. */
  public boolean finished() {
    return outcome == Outcome.FINISHED;
  }

  /** The same with the evaluation of a complete run; without one it was interrupted. */
  public TrainingResult<E> withEvaluation(Optional<E> other) {
    return new TrainingResult<>(
        other.isPresent() ? Outcome.FINISHED : Outcome.INTERRUPTED,
        step,
        position,
        last,
        other,
        checkpoint);
  }
}
