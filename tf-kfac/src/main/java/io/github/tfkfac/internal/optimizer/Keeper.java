package io.github.tfkfac.internal.optimizer;

/** Workers that keep a layer's curvature. */
public enum Keeper {
  EVERY_WORKER,
  THIS_WORKER,
  ANOTHER_WORKER
}
