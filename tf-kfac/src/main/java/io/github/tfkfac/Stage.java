package io.github.tfkfac;

import java.util.Locale;

/** The parts of a training step that are timed, in their order. */
public enum Stage {
  /**
   * Forward and backward pass, up to the last gradient; of several micro-batches those of the last
   * one, with its moments.
   */
  FORWARD_BACKWARD,
  /** Update of the averaged factors, with the passes for targets other than the batch's. */
  STATISTICS,
  /** Refresh of inverses or eigenbases. */
  REFRESH,
  /** Update of a re-estimated diagonal (EKFAC). */
  SPECTRUM,
  /** Preconditioning, coarse level and control of the length. */
  DIRECTIONS,
  /** The update rule, checks and assignments. */
  UPDATE;

  /** The name in files, such as {@code forward_backward}. */
  public String column() {
    return name().toLowerCase(Locale.ROOT);
  }
}
