package io.github.tfkfac.models.data;

import java.util.NoSuchElementException;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Prepares the batches of a {@link BatchPlan} when asked for. */
public final class Batcher implements BatchSource<Batch> {

  private final BatchPlan plan;
  private final int endEpoch;
  private BatcherPosition position;
  private int[] order;

  private Batcher(BatchPlan plan, BatcherPosition start, int endEpoch) {
    if (start.offset() > plan.data().size()) {
      throw new IllegalArgumentException(
          "expected a batch position with an offset of at most the "
              + plan.data().size()
              + " images of "
              + plan.data().name()
              + ", found "
              + start
              + "; resume with the data set the run began with");
    }
    this.plan = plan;
    this.endEpoch = endEpoch;
    this.position = start;
    this.order = plan.order().indices(plan.data().size(), start.epoch());
    moveTo(start.offset());
  }

  /** Batches without end, epoch after epoch, from the given position on. */
  public static Batcher endless(BatchPlan plan, BatcherPosition start) {
    return new Batcher(plan, start, Integer.MAX_VALUE);
  }

  /** The batches of the given epoch alone. */
  public static Batcher oneEpoch(BatchPlan plan, int epoch) {
    return new Batcher(plan, new BatcherPosition(epoch, 0), epoch + 1);
  }

  @Override
  public boolean hasNext() {
    return position.epoch() < endEpoch;
  }

  @Override
  public Batch next() {
    if (!hasNext()) {
      throw new NoSuchElementException("expected a further batch, found the end at " + position);
    }
    ImageDataset data = plan.data();
    int whole = plan.imagesAt(position.offset());
    int count = plan.part().size(whole);
    int first = position.offset() + plan.part().start(whole);
    int length = data.shape().valueCount();
    float[] images = new float[Math.multiplyExact(count, length)];
    int[] labels = new int[count];
    IntStream places = IntStream.range(0, count);
    (data.readsFiles() ? places.parallel() : places)
        .forEach(
            place -> {
              int image = order[first + place];
              prepare(image, images, place * length);
              labels[place] = data.label(image);
            });
    moveTo(position.offset() + whole);
    return new Batch(data.shape(), data.classCount(), images, labels);
  }

  @Override
  public BatcherPosition position() {
    return position;
  }

  private void prepare(int image, float[] target, int offset) {
    ImageDataset data = plan.data();
    RandomGenerator random =
        KeyedRandom.of(
            KeyedRandom.Use.AUGMENTATION, plan.augmentationSeed(), position.epoch(), image);
    float[] scaled = new float[data.shape().valueCount()];
    plan.scaling().scale(plan.augmentation().view(data, image, random), data.shape(), scaled);
    plan.augmentation().apply(scaled, data.shape(), random, target, offset);
  }

  private void moveTo(int offset) {
    if (plan.imagesAt(offset) > 0) {
      position = new BatcherPosition(position.epoch(), offset);
      return;
    }
    position = new BatcherPosition(position.epoch() + 1, 0);
    if (hasNext()) {
      order = plan.order().indices(plan.data().size(), position.epoch());
    }
  }
}
