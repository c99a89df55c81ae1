package io.github.tfkfac;

/**
 * Over which targets the output-gradient statistics are an expectation.
 *
 * <p>All three are means over the batch of {@code g gᵀ} with {@code g = N ∂L/∂s} for a loss that is
 * a mean over N examples; they differ in the targets that L is taken for.
 */
public sealed interface Fisher {

  /** The batch's own targets: the statistics come from the training step's backward pass. */
  static Fisher empirical() {
    return new Empirical();
  }

  /**
   * Targets drawn from the model's predictive distribution.
   *
   * @param seed start of the random numbers
   */
  static Fisher sampled(long seed) {
    return new Sampled(seed);
  }

  /** The expectation over the model's predictive distribution. */
  static Fisher exact() {
    return new Exact();
  }

  /** The batch's own targets (Martens 2020, section 11: the empirical Fisher). No extra cost. */
  record Empirical() implements Fisher {}

  /**
   * One target for every example and update, drawn from the model's predictive distribution: an
   * unbiased estimate of {@link Exact} (Martens and Grosse 2015, section 5). Costs a second
   * backward pass when statistics are due.
   *
   * @param seed start of the random numbers, which depend on it and on the step alone
   */
  record Sampled(long seed) implements Fisher {}

  /**
   * The expectation itself, equal to the Gauss-Newton matrix of the same loss (Martens 2020,
   * section 9.2). Where examples influence each other's outputs, as by a normalization with the
   * batch's statistics, an unbiased estimate. Costs a backward pass for every output unit of the
   * model, when statistics are due: for few outputs.
   */
  record Exact() implements Fisher {}
}
