package io.github.tfkfac.tools.lab.bench;

/** Distribution of K-FAC's work and state among workers. */
public enum ScalingScheme {
  /**
   * Gradients and moments all-reduced, each factor refreshed by one worker and sent to all, every
   * layer preconditioned by every worker: {@code WorkerLayout.COMMUNICATION}.
   */
  COMM_OPT("COMM-OPT"),
  /**
   * Gradients all-reduced, moments summed at the layer's keeper, which refreshes, preconditions,
   * and sends the direction: {@code WorkerLayout.MEMORY}.
   */
  MEM_OPT("MEM-OPT"),
  /**
   * Osawa et al.: gradients and triangles of moments reduced and scattered to the layer's owner,
   * the layers taken in turn, directions gathered; one message for each layer and kind.
   */
  REDUCE_SCATTER("MEM-OPT, reduce-scatter");

  private final String label;

  ScalingScheme(String label) {
    this.label = label;
  }

  /** As in tables and plots. */
  public String label() {
    return label;
  }
}
