package io.github.tfkfac.models.data;

import java.util.Objects;

/**
 * Everything that decides which batches a run sees; with a {@link BatcherPosition} it determines
 * all following batches to the bit.
 *
 * @param data the images
 * @param scaling from bytes to network inputs
 * @param augmentation random changes after scaling
 * @param augmentationSeed with the epoch and the image's number, the key of those changes
 * @param order sequence of the images in an epoch
 * @param batchSize images per batch
 * @param lastBatch what happens to the images left over at the end of an epoch
 * @param part of every batch that is prepared
 */
public record BatchPlan(
    ImageDataset data,
    PixelScaling scaling,
    Augmentation augmentation,
    long augmentationSeed,
    Order order,
    int batchSize,
    LastBatch lastBatch,
    BatchPart part) {

  /** The images at the end of an epoch that do not fill a batch. */
  public enum LastBatch {
    /** Left out, so that every batch has the same size. */
    DROP,
    /** Given as a smaller batch, so that every image is seen. */
    KEEP
  }

  public BatchPlan {
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(scaling, "scaling");
    Objects.requireNonNull(augmentation, "augmentation");
    Objects.requireNonNull(order, "order");
    Objects.requireNonNull(lastBatch, "lastBatch");
    if (batchSize <= 0) {
      throw new IllegalArgumentException("expected batch size > 0, found " + batchSize);
    }
    if (lastBatch == LastBatch.DROP && batchSize > data.size()) {
      throw new IllegalArgumentException(
          "expected a batch size of at most the "
              + data.size()
              + " images of "
              + data.name()
              + ", found "
              + batchSize
              + "; reduce the batch size or use more images");
    }
    part.requireEqual(batchSize, lastBatch);
  }

  /** Whole batches. */
  public BatchPlan(
      ImageDataset data,
      PixelScaling scaling,
      Augmentation augmentation,
      long augmentationSeed,
      Order order,
      int batchSize,
      LastBatch lastBatch) {
    this(
        data,
        scaling,
        augmentation,
        augmentationSeed,
        order,
        batchSize,
        lastBatch,
        BatchPart.WHOLE);
  }

  /** Shuffled batches of one size, without augmentation. */
  public static BatchPlan training(
      ImageDataset data, PixelScaling scaling, int batchSize, long seed) {
    return new BatchPlan(
        data,
        scaling,
        Augmentation.none(),
        seed,
        new Order.Shuffle(seed),
        batchSize,
        LastBatch.DROP);
  }

  /** Every image once, in order, unchanged. */
  public static BatchPlan evaluation(ImageDataset data, PixelScaling scaling, int batchSize) {
    return new BatchPlan(
        data, scaling, Augmentation.none(), 0, new Order.Sequential(), batchSize, LastBatch.KEEP);
  }

  /** The same with another augmentation of the images. */
  public BatchPlan withAugmentation(Augmentation replacement) {
    return new BatchPlan(
        data, scaling, replacement, augmentationSeed, order, batchSize, lastBatch, part);
  }

  /** The same of which a part of every batch is prepared; positions are those of whole batches. */
  public BatchPlan withPart(BatchPart other) {
    return new BatchPlan(
        data, scaling, augmentation, augmentationSeed, order, batchSize, lastBatch, other);
  }

  /** Batches of one epoch. */
  public int batchesPerEpoch() {
    int whole = data.size() / batchSize;
    return lastBatch == LastBatch.KEEP && whole * batchSize < data.size() ? whole + 1 : whole;
  }

  /** Images of the batch that starts at {@code offset}; 0 if the epoch has no further batch. */
  int imagesAt(int offset) {
    int left = data.size() - offset;
    return lastBatch == LastBatch.DROP && left < batchSize ? 0 : Math.min(left, batchSize);
  }
}
