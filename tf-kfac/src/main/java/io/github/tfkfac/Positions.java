package io.github.tfkfac;

/**
 * Treatment of the spatial or sequence positions where a layer's weight is applied within one
 * example: the pixels of a convolution, the steps of a sequence.
 *
 * <p>Both are exact for a layer that is applied once per example. <i>Source</i>: Eschenhagen et al.
 * 2023 (K-FAC-expand and K-FAC-reduce).
 */
public sealed interface Positions {

  /**
   * Every position is a row of its own (Grosse and Martens 2016): exact when the loss is a sum over
   * positions in which a linear network treats each alone.
   */
  static Positions expand() {
    return new Expand();
  }

  /**
   * One row per example, the input averaged and the output gradient summed over the positions:
   * exact when a linear network averages or sums over the positions after the layer. Cheaper, since
   * no patches are needed.
   */
  static Positions reduce() {
    return new Reduce();
  }

  /** A row for every position. */
  record Expand() implements Positions {}

  /** A row for every example. */
  record Reduce() implements Positions {}
}
