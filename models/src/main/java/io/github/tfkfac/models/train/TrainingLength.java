package io.github.tfkfac.models.train;

import io.github.tfkfac.models.data.BatcherPosition;

/** Length of a complete run, counted from its very beginning, resumed or not. */
public sealed interface TrainingLength {

  /** A number of passes over the data. */
  static TrainingLength epochs(int count) {
    return new Epochs(count);
  }

  /** A number of training steps. */
  static TrainingLength steps(long count) {
    return new Steps(count);
  }

  /** Whether a run that stands there is complete. */
  boolean reached(long step, BatcherPosition position);

  /** Training steps of a whole run, each of {@code microBatches} batches. */
  long totalSteps(int batchesPerEpoch, int microBatches);

  /** A number of passes over the data. */
  record Epochs(int count) implements TrainingLength {

    public Epochs {
      requirePositive("epochs", count);
    }

    @Override
    public boolean reached(long step, BatcherPosition position) {
      return position.epoch() >= count;
    }

    @Override
    public long totalSteps(int batchesPerEpoch, int microBatches) {
      long batches = (long) count * batchesPerEpoch;
      return (batches + microBatches - 1) / microBatches;
    }
  }

  /** A number of training steps. */
  record Steps(long count) implements TrainingLength {

    public Steps {
      requirePositive("steps", count);
    }

    @Override
    public boolean reached(long step, BatcherPosition position) {
      return step >= count;
    }

    @Override
    public long totalSteps(int batchesPerEpoch, int microBatches) {
      return count;
    }
  }

  private static void requirePositive(String unit, long count) {
    if (count <= 0) {
      throw new IllegalArgumentException("expected a training of > 0 " + unit + ", found " + count);
    }
  }
}
