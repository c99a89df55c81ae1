package io.github.tfkfac;

/**
 * Treatment of a shared weight: the way in which the uses of a weight that is applied several times
 * in one batch, such as the head that a detector shares between the levels of its pyramid, enter
 * the moving averages of its factors.
 */
public enum SharedUses {
  /** One update per batch, from the rows of all uses together. */
  POOLED,
  /**
   * One update per use, each estimated and normalized alone: the input factor's in the order of the
   * forward pass, the output-gradient factor's in that of the backward pass. This is what a hook
   * per module call does (the published NKFAC code; that code besides forgets the average at every
   * call of the first step, which is not imitated).
   *
   * <p>Averages only: a spectrum that is re-estimated and the coarse level pool the uses.
   */
  SEQUENTIAL
}
