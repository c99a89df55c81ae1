package io.github.tfkfac.detection.data;

/**
 * Settings for preparing batches ahead of their use.
 *
 * @param threads that prepare batches, one batch each at a time
 * @param batches largest number of batches that are ready or being prepared
 */
public record Prefetch(int threads, int batches) {

  public Prefetch {
    if (threads < 1 || batches < 1) {
      throw new IllegalArgumentException(
          "expected at least 1 thread and 1 batch to prepare ahead, found "
              + threads
              + " threads and "
              + batches
              + " batches");
    }
  }

  /** That many threads, each a batch ahead of the one in use. */
  public static Prefetch threads(int threads) {
    return new Prefetch(threads, threads + 1);
  }
}
