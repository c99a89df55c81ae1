package io.github.tfkfac.detection.arch;

/** Initial kernels of the box head. */
public enum HeadStart {
  /**
   * Glorot-uniform, the last layers normal with deviations 0.01 and 0.001: for a trained backbone.
   */
  PUBLISHED,
  /**
   * Uniform within 1/√inputs. From scratch the published start passes hardly any gradient on to the
   * backbone at first.
   */
  BY_INPUTS
}
