package io.github.tfkfac;

import io.github.tfkfac.internal.diagnostics.FactorQuality;
import io.github.tfkfac.internal.diagnostics.LayerQuality;
import java.util.Locale;

/**
 * Quantity that is measured of a layer; {@code INPUT} is its factor A, {@code OUTPUT} its factor G.
 */
public enum Quantity {
  /** Cosine between preconditioned direction and gradient; see {@link LayerQuality#cosine}. */
  COSINE,
  /** Factor by which the norm control scaled the direction. */
  LENGTH_FACTOR,
  /**
   * Condition number of the damped Kronecker product: of eigenbases from the stored eigenvalues, of
   * inverses the product of the two factors' estimates.
   */
  CONDITION,
  /** Largest eigenvalue of the average. */
  INPUT_LAMBDA_MAX,
  /** Condition number of the damped average; see {@link FactorQuality}. */
  INPUT_CONDITION,
  /** Distance of the stored inverse from that of the damped average now. */
  INPUT_RESIDUAL,
  /** Steps since the refresh that was last due, 0 if the last step was one. */
  INPUT_AGE,
  /** Certified refreshes that took one more Newton step. */
  INPUT_EXTENDED_REFRESHES,
  /** Certified refreshes that took the exact solver. */
  INPUT_EXACT_REPAIRS,
  /** Largest eigenvalue of the average. */
  OUTPUT_LAMBDA_MAX,
  /** Condition number of the damped average; see {@link FactorQuality}. */
  OUTPUT_CONDITION,
  /** Distance of the stored inverse from that of the damped average now. */
  OUTPUT_RESIDUAL,
  /** Steps since the refresh that was last due, 0 if the last step was one. */
  OUTPUT_AGE,
  /** Certified refreshes that took one more Newton step. */
  OUTPUT_EXTENDED_REFRESHES,
  /** Certified refreshes that took the exact solver. */
  OUTPUT_EXACT_REPAIRS;

  /** The name in files, such as {@code input_lambda_max}. */
  public String column() {
    return name().toLowerCase(Locale.ROOT);
  }
}
