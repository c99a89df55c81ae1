package io.github.tfkfac;

import io.github.tfkfac.extension.LayerKind;

/** Training method of the scale and shift of normalization layers (gamma, beta). */
public enum NormalizationParameters {
  /** Like any variable without a layer. */
  PLAIN,
  /**
   * With a Fisher matrix of order 2 per channel ({@link LayerKind.ScaleShift}); every product of a
   * batch of features with a trained vector counts as a scale.
   */
  UNITWISE
}
