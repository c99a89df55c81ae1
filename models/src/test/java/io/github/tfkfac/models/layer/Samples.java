package io.github.tfkfac.models.layer;

import java.util.Random;

/** Random test data. */
public final class Samples {

  private Samples() {}

  /** Uniform values in {@code [-2, 2)}. */
  public static double[] uniform(long seed, long count) {
    return new Random(seed).doubles(count, -2, 2).toArray();
  }
}
