package io.github.tfkfac.models.data;

import java.util.NoSuchElementException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Prepares the batches of another source ahead of time, on a thread of its own.
 *
 * <p>Hands out the same batches in the same order as the source; {@link #position} is that of the
 * batches handed out, not of those prepared. An exception of the source is thrown by {@link #next}
 * once the batches before it have been used. One thread may use it; any thread may close it.
 *
 * @param <B> a batch
 */
public final class PrefetchingBatcher<B> implements BatchSource<B> {

  private sealed interface Item<B> {}

  private record Ready<B>(B batch, BatcherPosition after) implements Item<B> {}

  private record Failed<B>(Throwable failure) implements Item<B> {}

  private record End<B>() implements Item<B> {}

  private final BatchSource<B> source;
  private final BlockingQueue<Item<B>> queue;
  private final Thread producer;
  private volatile boolean closed;
  private volatile BatcherPosition position;
  private @Nullable Item<B> head;

  /**
   * Starts preparing batches.
   *
   * @param source used by the new thread alone from now on, and closed with this batcher
   * @param capacity batches prepared ahead
   */
  public PrefetchingBatcher(BatchSource<B> source, int capacity) {
    if (capacity <= 0) {
      throw new IllegalArgumentException(
          "expected at least 1 batch to prepare ahead, found " + capacity);
    }
    this.source = source;
    this.queue = new ArrayBlockingQueue<>(capacity);
    this.position = source.position();
    this.producer = new Thread(this::produce, "batch-prefetch");
    producer.setDaemon(true);
    producer.start();
  }

  @Override
  public boolean hasNext() {
    return !(head() instanceof End<B>);
  }

  @Override
  public B next() {
    Item<B> item = head();
    if (item instanceof Ready<B> ready) {
      head = null;
      position = ready.after();
      return ready.batch();
    }
    if (item instanceof Failed<B> failed) {
      if (failed.failure() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) failed.failure();
    }
    throw new NoSuchElementException("expected a further batch, found the end at " + position);
  }

  @Override
  public BatcherPosition position() {
    return position;
  }

  /** Stops the thread, waits for it, and closes the source. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    producer.interrupt();
    boolean interrupted = false;
    while (producer.isAlive()) {
      try {
        producer.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    queue.clear();
    queue.add(closedItem());
    source.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Item<B> head() {
    if (closed) {
      return closedItem();
    }
    Item<B> item = head;
    if (item == null) {
      try {
        item = queue.take();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for the next batch", e);
      }
      head = item;
    }
    return item;
  }

  private Item<B> closedItem() {
    return new Failed<>(
        new IllegalStateException("expected an open batcher, found it closed; make a new one"));
  }

  private void produce() {
    try {
      while (!closed && source.hasNext()) {
        B batch = source.next();
        queue.put(new Ready<>(batch, source.position()));
      }
      queue.put(new End<>());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      putFailure(e);
    }
  }

  private void putFailure(Throwable failure) {
    try {
      queue.put(new Failed<>(failure));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
