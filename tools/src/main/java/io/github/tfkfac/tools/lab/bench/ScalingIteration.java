package io.github.tfkfac.tools.lab.bench;

/**
 * Calculated time and traffic of the average iteration.
 *
 * @param workers how many
 * @param seconds by stage
 * @param bytes that a worker receives, by exchange
 */
public record ScalingIteration(int workers, Seconds seconds, Bytes bytes) {

  /**
   * Seconds of the stages, which follow one another.
   *
   * @param training forward and backward pass
   * @param gradients their exchange
   * @param statistics second moments of the own batch
   * @param moments their exchange
   * @param refresh decompositions of the worker with most of them
   * @param results of the refreshes, their exchange
   * @param preconditioning of the worker with most of it
   * @param directions their exchange
   */
  public record Seconds(
      double training,
      double gradients,
      double statistics,
      double moments,
      double refresh,
      double results,
      double preconditioning,
      double directions) {

    /** All stages. */
    public double total() {
      return training
          + gradients
          + statistics
          + moments
          + refresh
          + results
          + preconditioning
          + directions;
    }
  }

  /**
   * Bytes of the exchanges.
   *
   * @param gradients of the gradients
   * @param moments of the second moments
   * @param results of the refreshes
   * @param directions of the preconditioned gradients
   */
  public record Bytes(double gradients, double moments, double results, double directions) {

    /** All exchanges. */
    public double total() {
      return gradients + moments + results + directions;
    }
  }
}
