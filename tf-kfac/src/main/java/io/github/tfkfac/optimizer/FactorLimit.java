package io.github.tfkfac.optimizer;

import io.github.tfkfac.graph.FactorStructure;

/**
 * What is kept of a factor that would be large: the 12,545² input factor of a detector's first
 * dense layer takes 600 MiB, and its inverse as much again.
 */
@FunctionalInterface
public interface FactorLimit {

  /** What is kept of a factor that has {@code full} structure. */
  FactorStructure kept(FactorStructure full);

  /** Every factor in full. */
  static FactorLimit none() {
    return full -> full;
  }

  /**
   * Dense factors with more than {@code blockSize} rows keep the blocks of that size along their
   * diagonal.
   */
  static FactorLimit blocks(int blockSize) {
    requirePositive("block size", blockSize);
    return full ->
        full instanceof FactorStructure.Full && full.size() > blockSize
            ? new FactorStructure.Blocks(full.size(), blockSize)
            : full;
  }

  /**
   * Dense factors with more than {@code largest} rows are replaced by the identity, so that the
   * layer is preconditioned on its other side alone.
   */
  static FactorLimit oneSided(int largest) {
    requirePositive("largest factor", largest);
    return full ->
        full instanceof FactorStructure.Full && full.size() > largest
            ? new FactorStructure.Identity(full.size())
            : full;
  }

  private static void requirePositive(String what, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException("expected a " + what + " > 0, found " + value);
    }
  }
}
