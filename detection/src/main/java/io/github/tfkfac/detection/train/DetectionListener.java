package io.github.tfkfac.detection.train;

import java.nio.file.Path;

/** Hears of a run's progress, in the thread that trains; what it throws ends the run. */
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
