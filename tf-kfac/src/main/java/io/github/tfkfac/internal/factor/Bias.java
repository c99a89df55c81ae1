package io.github.tfkfac.internal.factor;

/** Presence of a bias in a layer, that is, whether its input carries a constant 1 as last entry. */
public enum Bias {
  ABSENT(0),
  PRESENT(1);

  private final int entries;

  Bias(int entries) {
    this.entries = entries;
  }

  /** Entries that the bias adds to an input row: 0 or 1. */
  public int entries() {
    return entries;
  }
}
