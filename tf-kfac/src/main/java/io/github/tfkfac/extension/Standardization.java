package io.github.tfkfac.extension;

/** Standardization of the input of a scale and shift before it is scaled. */
public sealed interface Standardization {

  /** Nothing: the input is scaled as it is. */
  record None() implements Standardization {}

  /**
   * {@code (x - mean) / sqrt(variance + epsilon)} with the mean and the variance (divided by the
   * number of entries) of each channel over the batch: a fused batch normalization in training.
   *
   * @param epsilon added to the variance
   */
  record ByBatch(double epsilon) implements Standardization {}
}
