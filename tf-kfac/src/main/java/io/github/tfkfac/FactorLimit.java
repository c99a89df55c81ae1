package io.github.tfkfac;

import io.github.tfkfac.extension.FactorStructure;

/**
 * Limit of the structure that is kept of a large factor: the 12,545² input factor of a detector's
 * first dense layer takes 600 MiB, and its inverse as much again.
 */
@FunctionalInterface
public interface FactorLimit {

  /** Structure that is kept of a factor whose structure in full is {@code full}. */
  FactorStructure kept(FactorStructure full);

  /** Every factor in full. */
  static FactorLimit none() {
    return new None();
  }

  /**
   * Dense factors with more than {@code blockSize} rows keep the blocks of that size along their
   * diagonal.
   */
  static FactorLimit blocks(int blockSize) {
    return new Blocks(blockSize);
  }

  /**
   * Dense factors with more than {@code largest} rows are replaced by the identity, so that the
   * layer is preconditioned on its other side alone.
   */
  static FactorLimit oneSided(int largest) {
    return new OneSided(largest);
  }

  /** No limit. */
  record None() implements FactorLimit {
    @Override
    public FactorStructure kept(FactorStructure full) {
      return full;
    }
  }

  /**
   * Blocks along the diagonal.
   *
   * @param blockSize rows of a block, and the largest factor that is kept in full
   */
  record Blocks(int blockSize) implements FactorLimit {

    public Blocks {
      requirePositive("block size", blockSize);
    }

    @Override
    public FactorStructure kept(FactorStructure full) {
      return full instanceof FactorStructure.Full && full.size() > blockSize
          ? new FactorStructure.Blocks(full.size(), blockSize)
          : full;
    }
  }

  /**
   * The identity.
   *
   * @param largest rows of the largest factor that is kept
   */
  record OneSided(int largest) implements FactorLimit {

    public OneSided {
      requirePositive("largest factor", largest);
    }

    @Override
    public FactorStructure kept(FactorStructure full) {
      return full instanceof FactorStructure.Full && full.size() > largest
          ? new FactorStructure.Identity(full.size())
          : full;
    }
  }

  private static void requirePositive(String what, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException("expected a " + what + " > 0, found " + value);
    }
  }
}
