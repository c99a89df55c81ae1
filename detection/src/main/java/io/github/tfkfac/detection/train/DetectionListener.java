package io.github.tfkfac.detection.train;

import io.github.tfkfac.models.train.TrainingListener;

/** Receives the events of a detector's training that others have not, besides those they have. */
public interface DetectionListener extends TrainingListener {

  /** A step is done; precedes the report without the terms of the loss. */
  default void stepped(DetectionStep step) {}

  /** An evaluation is done. */
  default void evaluated(long step, DetectionEvaluator.Outcome outcome) {}
}
