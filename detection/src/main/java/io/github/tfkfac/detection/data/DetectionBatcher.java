package io.github.tfkfac.detection.data;

import io.github.tfkfac.detection.data.PreparedBatches.Prepared;
import io.github.tfkfac.models.data.BatchSource;
import io.github.tfkfac.models.data.BatcherPosition;
import io.github.tfkfac.models.data.PrefetchingBatcher;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Hands out the batches of a {@link DetectionPlan} one after another, prepared ahead of time.
 *
 * <p>Its position counts images of the epoch's order, unreadable ones among them. An exception of
 * the preparation is thrown when its batch is reached. One thread may use it.
 */
public final class DetectionBatcher implements BatchSource<DetectionBatch> {

  /** Besides the one that is being prepared. */
  private static final int BATCHES_AHEAD = 1;

  private final DetectionPlan plan;
  private final PrefetchingBatcher<Prepared> prepared;
  private BatcherPosition position;
  private @Nullable DetectionBatch head;
  private int emptyInSuccession;

  private DetectionBatcher(DetectionPlan plan, BatcherPosition start, int endEpoch) {
    this.plan = plan;
    this.prepared =
        new PrefetchingBatcher<>(new PreparedBatches(plan, start, endEpoch), BATCHES_AHEAD);
    this.position = prepared.position();
  }

  /** Batches without end, epoch after epoch, from the given position on. */
  public static DetectionBatcher endless(DetectionPlan plan, BatcherPosition start) {
    return new DetectionBatcher(plan, start, Integer.MAX_VALUE);
  }

  /** The batches of the given epoch alone. */
  public static DetectionBatcher oneEpoch(DetectionPlan plan, int epoch) {
    return new DetectionBatcher(plan, new BatcherPosition(epoch, 0), epoch + 1);
  }

  @Override
  public BatcherPosition position() {
    return position;
  }

  @Override
  public boolean hasNext() {
    return head() != null;
  }

  @Override
  public DetectionBatch next() {
    DetectionBatch batch = head();
    if (batch == null) {
      throw new NoSuchElementException("expected a further batch, found the end at " + position);
    }
    position = prepared.position();
    head = null;
    return batch;
  }

  /** Stops the preparation and waits for its end. */
  @Override
  public void close() {
    head = null;
    prepared.close();
  }

  /** The batch in front, or null at the end; batches without images are skipped. */
  private @Nullable DetectionBatch head() {
    while (head == null && prepared.hasNext()) {
      Prepared next = prepared.next();
      if (plan.unreadable() instanceof UnreadableImages.Skip skip) {
        next.skipped().forEach(s -> skip.listener().skipped(s.image(), s.reason()));
      }
      head = next.batch().orElse(null);
      if (head != null) {
        emptyInSuccession = 0;
      } else {
        position = prepared.position();
        requireReadable(next);
      }
    }
    return head;
  }

  /** An endless run over unreadable images would never hand out a batch. */
  private void requireReadable(Prepared empty) {
    emptyInSuccession++;
    if (emptyInSuccession >= plan.batchesPerEpoch() && !empty.skipped().isEmpty()) {
      throw empty.skipped().get(0).reason();
    }
  }
}
