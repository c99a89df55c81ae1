package io.github.tfkfac.detection.train;

import java.nio.file.Path;

/**
 * Receives the events of a training run, in the thread that trains; an exception that it throws
 * ends the run.
 */
public interface DetectionListener {

  /**
   * Training begins.
   *
   * @param step training steps done before
   * @param totalSteps training steps of the whole run
   */
  default void started(long step, long totalSteps) {}

  /** A step is done. */
  default void stepped(DetectionStep step) {}

  /** An evaluation is done. */
  default void evaluated(long step, DetectionEvaluator.Outcome outcome) {}

  /** A checkpoint is complete. */
  default void checkpointed(Path checkpoint) {}
}
