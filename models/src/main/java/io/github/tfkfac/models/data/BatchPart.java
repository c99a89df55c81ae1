package io.github.tfkfac.models.data;

import io.github.tfkfac.models.data.BatchPlan.LastBatch;

/**
 * One of the equal parts into which batches are divided among workers: neighboring images of the
 * batch.
 *
 * @param index place of the part, from 0
 * @param count number of parts
 */
public record BatchPart(int index, int count) {

  /** The whole batch. */
  public static final BatchPart WHOLE = new BatchPart(0, 1);

  public BatchPart {
    if (index < 0 || index >= count) {
      throw new IllegalArgumentException(
          "expected a part from 0 to " + (count - 1) + ", found " + index);
    }
  }

  /**
   * Rejects batches that cannot be divided.
   *
   * @throws IllegalArgumentException if the parts would differ in size
   */
  public void requireEqual(int batchSize, LastBatch lastBatch) {
    if (count > 1 && batchSize % count != 0) {
      throw new IllegalArgumentException(
          "expected batches that %d workers can divide into equal parts, found batches of %d images; choose a multiple of %d (--batch)"
              .formatted(count, batchSize, count));
    }
    if (count > 1 && lastBatch != LastBatch.DROP) {
      throw new IllegalArgumentException(
          "expected batches of one size for %d workers, found LastBatch.%s; drop the last batch of an epoch"
              .formatted(count, lastBatch));
    }
  }

  /** Images of the part of a batch. */
  public int size(int images) {
    return images / count;
  }

  /** Place of the part's first image in a batch. */
  public int start(int images) {
    return index * size(images);
  }
}
