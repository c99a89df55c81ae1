package io.github.tfkfac.tools.inspect;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Floating point operations of an average second-order step beyond those of training, each divided
 * by those of training.
 *
 * @param statistics spread over the statistics period
 * @param refresh an iterative refresh spread over the inverse period
 * @param preconditioning of every step
 */
public record Overhead(double statistics, double refresh, double preconditioning) {

  /** All three. */
  @JsonProperty
  public double total() {
    return statistics + refresh + preconditioning;
  }
}
