package io.github.tfkfac.models.savedmodel;

/** Purpose of a variable of a SavedModel. */
public enum VariableKind {
  /** A weight that the model declares as trainable, or that an output depends on. */
  TRAINABLE("trained"),
  /**
   * A weight that an output depends on and that the model declares as not trained: a frozen layer,
   * or a weight with low-rank adapters.
   */
  FROZEN("frozen in the model"),
  /** Moving mean or variance of a normalization. */
  MOVING_STATISTIC("a moving statistic in the model"),
  /** State that an optimizer keeps for a weight, such as a momentum. */
  OPTIMIZER_SLOT("a slot of the model's optimizer"),
  /** Total or count of a metric. */
  METRIC("a metric of the model"),
  /** Counters, learning rates and everything else. */
  OTHER("no weight in the model");

  private final String description;

  VariableKind(String description) {
    this.description = description;
  }

  /** Description of such a variable, in a few words. */
  public String description() {
    return description;
  }
}
