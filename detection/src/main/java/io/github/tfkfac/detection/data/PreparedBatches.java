package io.github.tfkfac.detection.data;

import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.models.data.BatchPlan.LastBatch;
import io.github.tfkfac.models.data.BatchSource;
import io.github.tfkfac.models.data.BatcherPosition;
import io.github.tfkfac.models.data.DataException;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Prepares the batches of a {@link DetectionPlan} when asked for, their images side by side. */
final class PreparedBatches implements BatchSource<PreparedBatches.Prepared> {

  /** An image that cannot be read. */
  record Skipped(CocoImage image, DataException reason) {}

  /**
   * A batch.
   *
   * @param batch what can be read of it, if anything
   * @param skipped what cannot, in order
   */
  record Prepared(Optional<DetectionBatch> batch, List<Skipped> skipped) {}

  /** Either of both. */
  private record Image(@Nullable DetectionSample sample, @Nullable Skipped skipped) {}

  private final DetectionPlan plan;
  private final SamplePreparer preparer;
  private final int endEpoch;
  private BatcherPosition position;
  private int[] order;

  PreparedBatches(DetectionPlan plan, BatcherPosition start, int endEpoch) {
    this.plan = plan;
    this.preparer = new SamplePreparer(plan.data(), plan.preparation());
    this.endEpoch = endEpoch;
    this.order = order(start.epoch());
    if (start.offset() > order.length
        || (start.offset() % plan.batchSize() != 0 && start.offset() < order.length)) {
      throw new IllegalArgumentException(
          "expected a position between two batches of "
              + plan.batchSize()
              + " of the "
              + order.length
              + " images of an epoch of "
              + plan.data().name()
              + ", found "
              + start
              + "; resume with the data set and the batch size the run began with");
    }
    this.position = start;
    moveTo(start.offset());
  }

  @Override
  public BatcherPosition position() {
    return position;
  }

  @Override
  public boolean hasNext() {
    return position.epoch() < endEpoch;
  }

  @Override
  public Prepared next() {
    if (!hasNext()) {
      throw new NoSuchElementException("expected a further batch, found the end at " + position);
    }
    int end = Math.min(position.offset() + plan.batchSize(), order.length);
    int whole = end - position.offset();
    int first = position.offset() + plan.part().start(whole);
    int[] numbers = Arrays.copyOfRange(order, first, first + plan.part().size(whole));
    int epoch = position.epoch();
    List<Image> images =
        Arrays.stream(numbers).parallel().mapToObj(number -> image(number, epoch)).toList();
    moveTo(end);
    List<Skipped> skipped = images.stream().map(Image::skipped).filter(Objects::nonNull).toList();
    if (!skipped.isEmpty() && plan.unreadable() instanceof UnreadableImages.Fail) {
      throw skipped.get(0).reason();
    }
    List<DetectionSample> samples =
        images.stream().map(Image::sample).filter(Objects::nonNull).toList();
    return new Prepared(
        samples.isEmpty()
            ? Optional.empty()
            : Optional.of(DetectionBatch.of(samples, plan.padding(), plan.preparation().masks())),
        skipped);
  }

  private Image image(int number, int epoch) {
    try {
      return new Image(preparer.prepare(number, epoch), null);
    } catch (DataException e) {
      return new Image(null, new Skipped(plan.data().image(number), e));
    }
  }

  /** Moves to the next batch of the epoch or of the next one. */
  private void moveTo(int offset) {
    if (offset < order.length) {
      position = new BatcherPosition(position.epoch(), offset);
      return;
    }
    position = new BatcherPosition(position.epoch() + 1, 0);
    if (hasNext()) {
      order = order(position.epoch());
    }
  }

  /** The images of an epoch that make up its batches. */
  private int[] order(int epoch) {
    int[] all = plan.order().images(plan.data(), plan.batchSize(), epoch);
    int used =
        plan.lastBatch() == LastBatch.DROP
            ? all.length - all.length % plan.batchSize()
            : all.length;
    return Arrays.copyOf(all, used);
  }
}
