package io.github.tfkfac.models.data;

import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** The order in which an epoch visits the images of a data set. */
public sealed interface Order {

  /** The numbers 0 to {@code size - 1}, each once, in the order of the given epoch. */
  int[] indices(int size, int epoch);

  /** Every epoch in the order of the data set. */
  record Sequential() implements Order {

    @Override
    public int[] indices(int size, int epoch) {
      return IntStream.range(0, size).toArray();
    }
  }

  /**
   * A uniformly drawn permutation per epoch (Fisher-Yates) that depends on the seed, the epoch and
   * the size alone.
   *
   * @param seed chooses the permutations
   */
  record Shuffle(long seed) implements Order {

    @Override
    public int[] indices(int size, int epoch) {
      return permutation(size, KeyedRandom.of(KeyedRandom.Use.SHUFFLE, seed, epoch));
    }

    static int[] permutation(int size, RandomGenerator random) {
      int[] order = IntStream.range(0, size).toArray();
      for (int i = size - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        int kept = order[i];
        order[i] = order[j];
        order[j] = kept;
      }
      return order;
    }
  }
}
