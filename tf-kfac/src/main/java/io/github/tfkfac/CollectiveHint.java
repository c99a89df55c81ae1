package io.github.tfkfac;

import java.util.Locale;

/** The implementation of collective operations that TensorFlow is asked for. */
public enum CollectiveHint {
  /** TensorFlow's choice. */
  AUTO,
  /** Over the network of the servers. */
  RING,
  /**
   * NVIDIA's library for GPUs, which TensorFlow's native library for GPUs has; without it {@link
   * ClusterSession#start} fails. Not tried yet.
   */
  NCCL;

  /** How TensorFlow writes it. */
  public String attribute() {
    return name().toLowerCase(Locale.ROOT);
  }
}
