package io.github.tfkfac.tools.inspect;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Bytes that the optimizer keeps from step to step.
 *
 * @param averages moving averages of the factors
 * @param derived their inverses, or eigenvectors and eigenvalues
 * @param spectra re-estimated diagonals in the eigenvectors' bases (EKFAC)
 * @param coarse the coarse level's averages and inverse (two-level K-FAC)
 * @param updateRule what the update rule keeps of every trained variable, such as momentum
 */
public record MemoryNeed(long averages, long derived, long spectra, long coarse, long updateRule) {

  /** All of them. */
  @JsonProperty
  public long total() {
    return averages + derived + spectra + coarse + updateRule;
  }
}
