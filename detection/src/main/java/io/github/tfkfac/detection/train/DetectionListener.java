package io.github.tfkfac.detection.train;

import io.github.tfkfac.models.train.TrainingListener;

/** Receives the evaluations of a detector's training besides the events that others have. */
public interface DetectionListener extends TrainingListener {

  /** An evaluation is done. */
  default void evaluated(long step, DetectionEvaluator.Outcome outcome) {}
}
