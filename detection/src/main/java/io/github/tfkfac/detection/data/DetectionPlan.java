package io.github.tfkfac.detection.data;

import io.github.tfkfac.models.data.BatchPart;
import io.github.tfkfac.models.data.BatchPlan.LastBatch;
import java.util.Objects;

/**
 * Everything that decides which batches a run sees; with a position it determines all following
 * batches to the bit.
 *
 * @param data the images
 * @param preparation what happens to each image
 * @param order sequence of the images in an epoch
 * @param batchSize images per batch
 * @param lastBatch what happens to the images left over at the end of an epoch
 * @param padding places for objects
 * @param unreadable what happens at an image that cannot be read
 * @param part of every batch that is prepared
 */
public record DetectionPlan(
    DetectionDataset data,
    Preparation preparation,
    ImageOrder order,
    int batchSize,
    LastBatch lastBatch,
    ObjectPadding padding,
    UnreadableImages unreadable,
    BatchPart part) {

  public DetectionPlan {
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(preparation, "preparation");
    Objects.requireNonNull(order, "order");
    Objects.requireNonNull(lastBatch, "lastBatch");
    Objects.requireNonNull(padding, "padding");
    Objects.requireNonNull(unreadable, "unreadable");
    if (batchSize <= 0) {
      throw new IllegalArgumentException("expected batch size > 0, found " + batchSize);
    }
    part.requireEqual(batchSize, lastBatch);
    if (part.count() > 1 && unreadable instanceof UnreadableImages.Skip) {
      throw new IllegalArgumentException(
          "expected whole batches for several workers, found that unreadable images are left out; repair the images instead (leave --skip-bad-images out)");
    }
    if (preparation.masks() == Masks.BITMAPS) {
      data.requireMasks();
    }
    int images = order.images(data, batchSize, 0).length;
    int needed = lastBatch == LastBatch.DROP ? batchSize : 1;
    if (images < needed) {
      throw new IllegalArgumentException(
          "expected at least "
              + needed
              + " usable images in "
              + data.name()
              + ", found "
              + images
              + " of "
              + data.size()
              + " (images without objects or with short sides are not trained on); use more images"
              + " or smaller batches");
    }
  }

  /** Shuffled batches of one size; every second image mirrored. */
  public static DetectionPlan training(
      DetectionDataset data, Resize resize, int batchSize, long seed) {
    return new DetectionPlan(
        data,
        Preparation.of(resize).withMirror(new RandomMirror(RandomMirror.PUBLISHED, seed)),
        new ImageOrder.ShuffledByAspect(seed, ImageOrder.ShuffledByAspect.PUBLISHED_LEAST_SIDE),
        batchSize,
        LastBatch.DROP,
        new ObjectPadding.ToLargest(),
        new UnreadableImages.Fail(),
        BatchPart.WHOLE);
  }

  /** Every image once, in the order of the file, not mirrored. */
  public static DetectionPlan evaluation(DetectionDataset data, Resize resize, int batchSize) {
    return new DetectionPlan(
        data,
        Preparation.of(resize),
        new ImageOrder.InFile(),
        batchSize,
        LastBatch.KEEP,
        new ObjectPadding.ToLargest(),
        new UnreadableImages.Fail(),
        BatchPart.WHOLE);
  }

  /** The same with another preparation of the images. */
  public DetectionPlan withPreparation(Preparation replacement) {
    return new DetectionPlan(
        data, replacement, order, batchSize, lastBatch, padding, unreadable, part);
  }

  /** The same with another order of the images. */
  public DetectionPlan withOrder(ImageOrder replacement) {
    return new DetectionPlan(
        data, preparation, replacement, batchSize, lastBatch, padding, unreadable, part);
  }

  /** The same with another treatment of an incomplete last batch. */
  public DetectionPlan withLastBatch(LastBatch replacement) {
    return new DetectionPlan(
        data, preparation, order, batchSize, replacement, padding, unreadable, part);
  }

  /** The same with another number of places for objects. */
  public DetectionPlan withPadding(ObjectPadding replacement) {
    return new DetectionPlan(
        data, preparation, order, batchSize, lastBatch, replacement, unreadable, part);
  }

  /** The same with another treatment of images that cannot be read. */
  public DetectionPlan withUnreadable(UnreadableImages replacement) {
    return new DetectionPlan(
        data, preparation, order, batchSize, lastBatch, padding, replacement, part);
  }

  /** The same of which a part of every batch is prepared; positions are those of whole batches. */
  public DetectionPlan withPart(BatchPart replacement) {
    return new DetectionPlan(
        data, preparation, order, batchSize, lastBatch, padding, unreadable, replacement);
  }

  /** Images that an epoch visits. */
  public int imagesPerEpoch() {
    int images = order.images(data, batchSize, 0).length;
    return lastBatch == LastBatch.DROP ? images / batchSize * batchSize : images;
  }

  /** Batches of one epoch, counting those that turn out to have no readable image. */
  public int batchesPerEpoch() {
    return (imagesPerEpoch() + batchSize - 1) / batchSize;
  }
}
