package io.github.tfkfac;

import java.util.Arrays;

/**
 * Diagonal damping that is added to the coarse Fisher matrix, in units of λ, one number per layer.
 */
@FunctionalInterface
public interface CoarseDamping {

  /**
   * The diagonal that λ is multiplied by.
   *
   * @param entries number of entries of every layer's weight matrix
   * @return positive numbers, as many
   */
  double[] diagonal(long[] entries);

  /** {@code λI} (two-level K-FAC). */
  static CoarseDamping identity() {
    return entries -> {
      double[] ones = new double[entries.length];
      Arrays.fill(ones, 1);
      return ones;
    };
  }

  /**
   * {@code λ·diag(nᵢ)} with the number of entries: λI of the fine level, seen from the coarse one
   * (Galerkin).
   */
  static CoarseDamping galerkin() {
    return entries -> Arrays.stream(entries).asDoubleStream().toArray();
  }
}
