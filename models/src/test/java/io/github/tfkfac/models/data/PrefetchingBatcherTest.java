package io.github.tfkfac.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class PrefetchingBatcherTest {

  private final BatchPlan plan =
      BatchPlan.training(BatcherTest.numbered(10), PixelScaling.unitRange(1), 4, 6)
          .withAugmentation(new RandomCropFlip(1));

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void givesTheSameBatchesAndPositionsAsItsSource(int capacity) {
    Batcher plain = Batcher.endless(plan, new BatcherPosition(1, 4));
    try (PrefetchingBatcher<Batch> ahead =
        new PrefetchingBatcher<>(Batcher.endless(plan, new BatcherPosition(1, 4)), capacity)) {
      for (int k = 0; k < 20; k++) {
        assertThat(ahead.position()).isEqualTo(plain.position());
        BatcherTest.assertSame(ahead.next(), plain.next());
      }
    }
  }

  @Test
  void askingForANextBatchDoesNotMoveThePosition() {
    try (PrefetchingBatcher<Batch> ahead =
        new PrefetchingBatcher<>(Batcher.endless(plan, BatcherPosition.START), 2)) {
      assertThat(ahead.hasNext()).isTrue();
      assertThat(ahead.hasNext()).isTrue();
      assertThat(ahead.position()).isEqualTo(BatcherPosition.START);
    }
  }

  @Test
  void endsWithItsSource() {
    Batcher plain = Batcher.oneEpoch(plan, 3);
    try (PrefetchingBatcher<Batch> ahead = new PrefetchingBatcher<>(Batcher.oneEpoch(plan, 3), 5)) {
      while (plain.hasNext()) {
        assertThat(ahead.hasNext()).isTrue();
        BatcherTest.assertSame(ahead.next(), plain.next());
      }
      assertThat(ahead.hasNext()).isFalse();
      assertThatThrownBy(ahead::next).isInstanceOf(NoSuchElementException.class);
      assertThat(ahead.position()).isEqualTo(new BatcherPosition(4, 0));
    }
  }

  @Test
  void aFailureOfTheSourceReachesTheConsumerAfterTheGoodBatches() {
    IllegalStateException failure = new IllegalStateException("image 8 is broken");
    Augmentation failing =
        (image, shape, random, target, offset) -> {
          if (offset == 0 && image[0] * 255 > 8) {
            throw failure;
          }
        };
    BatchPlan inOrder =
        new BatchPlan(
            plan.data(),
            plan.scaling(),
            failing,
            0,
            new Order.Sequential(),
            4,
            BatchPlan.LastBatch.KEEP);
    try (PrefetchingBatcher<Batch> ahead =
        new PrefetchingBatcher<>(Batcher.endless(inOrder, BatcherPosition.START), 4)) {
      ahead.next();
      ahead.next();
      for (int attempt = 0; attempt < 2; attempt++) {
        assertThatThrownBy(ahead::next).isSameAs(failure);
      }
      assertThat(ahead.position()).isEqualTo(new BatcherPosition(0, 8));
    }
  }

  @Test
  void anErrorOfTheSourceReachesTheConsumer() {
    OutOfMemoryError failure = new OutOfMemoryError("simulated");
    BatchPlan failing =
        plan.withAugmentation(
            (image, shape, random, target, offset) -> {
              throw failure;
            });
    try (PrefetchingBatcher<Batch> ahead =
        new PrefetchingBatcher<>(Batcher.endless(failing, BatcherPosition.START), 1)) {
      assertThatThrownBy(ahead::next).isSameAs(failure);
    }
  }

  @Test
  void closingStopsTheThreadAndClosesTheSource() {
    AtomicReference<Thread> producer = new AtomicReference<>();
    AtomicBoolean sourceClosed = new AtomicBoolean();
    BatchSource<Batch> source =
        new ForwardingSource(Batcher.endless(plan, BatcherPosition.START)) {
          @Override
          public Batch next() {
            producer.set(Thread.currentThread());
            return super.next();
          }

          @Override
          public void close() {
            sourceClosed.set(true);
          }
        };
    PrefetchingBatcher<Batch> ahead = new PrefetchingBatcher<>(source, 1);
    ahead.next();
    ahead.close();
    ahead.close();
    assertThat(producer.get().isAlive()).isFalse();
    assertThat(sourceClosed).isTrue();
    assertThatThrownBy(ahead::next)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("found it closed");
  }

  @Test
  void closingFreesAConsumerThatWaits() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    BatchSource<Batch> stuck =
        new ForwardingSource(Batcher.endless(plan, BatcherPosition.START)) {
          @Override
          public Batch next() {
            asked.countDown();
            try {
              never.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return super.next();
          }
        };
    PrefetchingBatcher<Batch> ahead = new PrefetchingBatcher<>(stuck, 1);
    AtomicReference<Throwable> seen = new AtomicReference<>();
    Thread consumer =
        new Thread(
            () -> {
              try {
                ahead.next();
              } catch (RuntimeException e) {
                seen.set(e);
              }
            });
    consumer.start();
    asked.await();
    ahead.close();
    consumer.join();
    assertThat(seen.get()).hasMessageContaining("found it closed");
  }

  @Test
  void aCapacityOfZeroIsRejected() {
    assertThatThrownBy(
            () -> new PrefetchingBatcher<>(Batcher.endless(plan, BatcherPosition.START), 0))
        .hasMessageContaining("at least 1 batch");
  }

  private static class ForwardingSource implements BatchSource<Batch> {
    private final BatchSource<Batch> inner;

    ForwardingSource(BatchSource<Batch> inner) {
      this.inner = inner;
    }

    @Override
    public boolean hasNext() {
      return inner.hasNext();
    }

    @Override
    public Batch next() {
      return inner.next();
    }

    @Override
    public BatcherPosition position() {
      return inner.position();
    }
  }
}
