package io.github.tfkfac.models.data;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Random numbers that depend on their keys alone, so a resumed run draws the same ones, whichever
 * thread asks and in whatever order.
 *
 * <p>The keys are hashed one after another with the 64-bit finalizer of SplitMix64 into the seed of
 * a {@link SplittableRandom}. Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number
 * Generators", OOPSLA 2014.
 */
public final class KeyedRandom {

  /** Purpose of the numbers: equal seeds of different uses stay independent. */
  public enum Use {
    SHUFFLE(1),
    AUGMENTATION(2),
    IMAGE(3),
    LABEL(4),
    SAMPLE(5),
    PLANTED_WEIGHTS(6);

    private final long key;

    Use(long key) {
      this.key = key;
    }
  }

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private KeyedRandom() {}

  /** The numbers of this use, seed and keys, from their beginning. */
  public static RandomGenerator of(Use use, long seed, long... keys) {
    long hash = mix(mix(seed) + use.key);
    for (long key : keys) {
      hash = mix(hash + mix(key));
    }
    return new SplittableRandom(hash);
  }

  private static long mix(long value) {
    long z = value + GOLDEN_GAMMA;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
