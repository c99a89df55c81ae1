package io.github.tfkfac;

/** The place of a layer's averages and inverses when several workers train. */
public enum WorkerLayout {
  /**
   * Every worker keeps those of all layers. A refresh is done by one worker, which sends its
   * results, so that a step between two refreshes exchanges gradients alone (COMM-OPT; Pauloski et
   * al. 2021).
   */
  COMMUNICATION,
  /**
   * One worker keeps those of a layer, refreshes them, and preconditions the layer's gradient,
   * which it sends in every step (MEM-OPT; Osawa et al. 2019). The state of W workers is divided by
   * about W; a step exchanges the size of the weights once more.
   *
   * <p>Second moments are summed at the layer's worker, gradients on every one. EKFAC and blocks of
   * users are rejected. Sums over micro-batches stay on every worker.
   *
   * <p><i>Checkpoints</i>: each worker saves a checkpoint of its own and restores it, in a run of
   * as many workers; {@link ClusterSession#agree} then leaves what one worker keeps as it is. A
   * checkpoint of another worker or number of workers is rejected.
   */
  MEMORY
}
