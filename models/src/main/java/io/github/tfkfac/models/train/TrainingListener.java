package io.github.tfkfac.models.train;

import java.nio.file.Path;

/**
 * Receives the events of a training run, in the thread that trains; an exception that it throws
 * ends the run.
 */
public interface TrainingListener {

  /** Training begins. */
  default void started(StartReport report) {}

  /** A step is done. */
  default void stepped(StepReport report) {}

  /** The optimizer rejected something that was not finite; follows {@link #stepped}. */
  default void healthChanged(HealthReport report) {}

  /** An evaluation is done. */
  default void evaluated(EvaluationReport report) {}

  /** A checkpoint is complete. */
  default void checkpointed(Path checkpoint) {}

  /** The run is complete; the last call. */
  default void finished(TrainingResult result) {}

  /** The run ended on request before it was complete; the last call. */
  default void interrupted(TrainingResult result) {}
}
