package io.github.tfkfac.models.savedmodel;

/** What a variable of a SavedModel is for. */
public enum VariableKind {
  /** A weight that the model declares as trainable, or that an output depends on. */
  TRAINABLE,
  /** Moving mean or variance of a normalisation. */
  MOVING_STATISTIC,
  /** What an optimizer keeps for a weight, such as a momentum. */
  OPTIMIZER_SLOT,
  /** Total or count of a metric. */
  METRIC,
  /** Counters, learning rates and everything else. */
  OTHER
}
