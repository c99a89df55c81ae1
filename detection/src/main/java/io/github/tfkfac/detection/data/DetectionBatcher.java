package io.github.tfkfac.detection.data;

import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.models.data.BatchPlan.LastBatch;
import io.github.tfkfac.models.data.BatchSource;
import io.github.tfkfac.models.data.BatcherPosition;
import io.github.tfkfac.models.data.DataException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hands out the batches of a {@link DetectionPlan} one after another, prepared ahead on threads of
 * its own; the batches and their order do not depend on the number of threads.
 *
 * <p>Its position counts images of the epoch's order, unreadable ones among them. An exception of
 * the preparation is thrown when its batch is reached. One thread may use it.
 */
public final class DetectionBatcher implements BatchSource<DetectionBatch> {

  private record Skipped(CocoImage image, DataException reason) {}

  private record Prepared(Optional<DetectionBatch> batch, List<Skipped> skipped) {}

  private record Pending(Future<Prepared> result, BatcherPosition after) {}

  private final DetectionPlan plan;
  private final SamplePreparer preparer;
  private final int endEpoch;
  private final int batchesAhead;
  private final ExecutorService threads;
  private final Deque<Pending> pending = new ArrayDeque<>();
  private BatcherPosition position;
  private BatcherPosition planned;
  private int[] order;
  private @Nullable DetectionBatch head;
  private int emptyInSuccession;
  private boolean closed;

  private DetectionBatcher(
      DetectionPlan plan, BatcherPosition start, int endEpoch, Prefetch prefetch) {
    this.plan = plan;
    this.preparer = new SamplePreparer(plan.data(), plan.preparation());
    this.endEpoch = endEpoch;
    this.batchesAhead = prefetch.batches();
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
    this.planned = start;
    advancePlanned(start.offset());
    this.position = planned;
    this.threads =
        Executors.newFixedThreadPool(
            prefetch.threads(),
            task -> {
              Thread thread = new Thread(task, "detection-batches");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Batches without end, epoch after epoch, from the given position on. */
  public static DetectionBatcher endless(
      DetectionPlan plan, BatcherPosition start, Prefetch prefetch) {
    return new DetectionBatcher(plan, start, Integer.MAX_VALUE, prefetch);
  }

  /** The batches of the given epoch alone. */
  public static DetectionBatcher oneEpoch(DetectionPlan plan, int epoch, Prefetch prefetch) {
    return new DetectionBatcher(plan, new BatcherPosition(epoch, 0), epoch + 1, prefetch);
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
    position = pending.remove().after();
    head = null;
    return batch;
  }

  /** Stops the threads and waits for them. */
  @Override
  public void close() {
    closed = true;
    threads.shutdownNow();
    pending.clear();
    head = null;
    try {
      threads.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The batch in front, or null at the end; batches without images are skipped. */
  private @Nullable DetectionBatch head() {
    if (closed) {
      throw new IllegalStateException("expected an open batcher, found it closed; make a new one");
    }
    while (head == null) {
      plan();
      Pending first = pending.peek();
      if (first == null) {
        return null;
      }
      Prepared prepared = result(first.result());
      if (plan.unreadable() instanceof UnreadableImages.Skip skip) {
        prepared.skipped().forEach(s -> skip.listener().skipped(s.image(), s.reason()));
      }
      if (prepared.batch().isPresent()) {
        head = prepared.batch().get();
        emptyInSuccession = 0;
      } else {
        position = pending.remove().after();
        requireReadable(prepared.skipped());
      }
    }
    return head;
  }

  /** An endless run over unreadable images would never hand out a batch. */
  private void requireReadable(List<Skipped> skipped) {
    emptyInSuccession++;
    if (emptyInSuccession >= plan.batchesPerEpoch() && !skipped.isEmpty()) {
      throw skipped.get(0).reason();
    }
  }

  private static Prepared result(Future<Prepared> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the next batch", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause();
    }
  }

  /** Lets batches be prepared up to the limit. */
  private void plan() {
    while (pending.size() < batchesAhead && planned.epoch() < endEpoch) {
      int end = Math.min(planned.offset() + plan.batchSize(), order.length);
      int whole = end - planned.offset();
      int first = planned.offset() + plan.part().start(whole);
      int[] images = Arrays.copyOfRange(order, first, first + plan.part().size(whole));
      int epoch = planned.epoch();
      Future<Prepared> result = threads.submit(() -> prepare(images, epoch));
      advancePlanned(end);
      pending.add(new Pending(result, planned));
    }
  }

  /** Moves to the next batch of the epoch or of the next one. */
  private void advancePlanned(int offset) {
    if (offset < order.length) {
      planned = new BatcherPosition(planned.epoch(), offset);
      return;
    }
    planned = new BatcherPosition(planned.epoch() + 1, 0);
    if (planned.epoch() < endEpoch) {
      order = order(planned.epoch());
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

  private Prepared prepare(int[] images, int epoch) {
    List<DetectionSample> samples = new ArrayList<>();
    List<Skipped> skipped = new ArrayList<>();
    for (int image : images) {
      try {
        samples.add(preparer.prepare(image, epoch));
      } catch (DataException e) {
        if (plan.unreadable() instanceof UnreadableImages.Fail) {
          throw e;
        }
        skipped.add(new Skipped(plan.data().image(image), e));
      }
    }
    return new Prepared(
        samples.isEmpty()
            ? Optional.empty()
            : Optional.of(DetectionBatch.of(samples, plan.padding(), plan.preparation().masks())),
        List.copyOf(skipped));
  }
}
