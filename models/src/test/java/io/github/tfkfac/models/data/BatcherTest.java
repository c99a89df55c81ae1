package io.github.tfkfac.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatcherTest {

  private final ImageDataset data = numbered(10);
  private final BatchPlan plan =
      BatchPlan.training(data, PixelScaling.unitRange(1), 4, 6)
          .withAugmentation(new RandomCropFlip(1));

  @Test
  void anEvaluationSeesEveryImageOnceInOrder() {
    BatchPlan evaluation = BatchPlan.evaluation(data, PixelScaling.unitRange(1), 4);
    Batcher batches = Batcher.oneEpoch(evaluation, 0);
    List<Integer> sizes = new ArrayList<>();
    List<Integer> images = new ArrayList<>();
    batches.forEachRemaining(
        batch -> {
          sizes.add(batch.size());
          images.addAll(numbers(batch));
        });
    assertThat(sizes).containsExactly(4, 4, 2).hasSize(evaluation.batchesPerEpoch());
    assertThat(images).containsExactlyElementsOf(IntStream.range(0, 10).boxed().toList());
    assertThatThrownBy(batches::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void aBatchHoldsScaledPixelsAndTheirLabels() {
    ImageDataset color = GeneratedImages.of(6, 8, 8, 2);
    PixelScaling scaling = PixelScaling.ofDataset(color);
    Batch batch = Batcher.oneEpoch(BatchPlan.evaluation(color, scaling, 6), 0).next();
    float[] expected = new float[color.shape().valueCount()];
    for (int i = 0; i < 6; i++) {
      scaling.scale(color.image(i), color.shape(), expected);
      int start = i * expected.length;
      assertThat(Arrays.copyOfRange(batch.images(), start, start + expected.length))
          .isEqualTo(expected);
      assertThat(batch.labels()[i]).isEqualTo(color.label(i));
    }
  }

  @Test
  void trainingBatchesHaveOneSizeAndNoImageTwiceInAnEpoch() {
    BatchPlan unchanged = plan.withAugmentation(Augmentation.none());
    Batcher batches = Batcher.endless(unchanged, BatcherPosition.START);
    for (int epoch = 0; epoch < 3; epoch++) {
      List<Integer> images = new ArrayList<>();
      for (int k = 0; k < unchanged.batchesPerEpoch(); k++) {
        assertThat(batches.position()).isEqualTo(new BatcherPosition(epoch, 4 * k));
        Batch batch = batches.next();
        assertThat(batch.size()).isEqualTo(4);
        images.addAll(numbers(batch));
      }
      assertThat(images).hasSize(8).doesNotHaveDuplicates();
    }
  }

  @Test
  void epochsAreShuffledAndAugmentedDifferently() {
    Batcher batches = Batcher.endless(plan, BatcherPosition.START);
    Batch first = batches.next();
    batches.next();
    assertThat(batches.next().images()).isNotEqualTo(first.images());

    BatchPlan inOrder =
        new BatchPlan(
            data,
            plan.scaling(),
            new RandomCropFlip(4),
            1,
            new Order.Sequential(),
            10,
            BatchPlan.LastBatch.DROP);
    Batcher augmented = Batcher.endless(inOrder, BatcherPosition.START);
    assertThat(augmented.next().images()).isNotEqualTo(augmented.next().images());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 5})
  void aResumedRunSeesTheSameBatches(int batchesBefore) {
    Batcher whole = Batcher.endless(plan, BatcherPosition.START);
    for (int k = 0; k < batchesBefore; k++) {
      whole.next();
    }
    BatcherPosition kept = BatcherPosition.parse(whole.position().toString());
    Batcher resumed = Batcher.endless(plan, kept);
    for (int k = 0; k < 5; k++) {
      assertThat(resumed.position()).isEqualTo(whole.position());
      assertSame(resumed.next(), whole.next());
    }
  }

  @Test
  void augmentationDependsOnTheImageNotOnItsPlaceInTheBatch() {
    BatchPlan oneByOne =
        new BatchPlan(
            data,
            plan.scaling(),
            plan.augmentation(),
            plan.augmentationSeed(),
            plan.order(),
            1,
            BatchPlan.LastBatch.DROP);
    Batcher single = Batcher.endless(oneByOne, BatcherPosition.START);
    float[] batch = Batcher.endless(plan, BatcherPosition.START).next().images();
    int length = data.shape().valueCount();
    for (int i = 0; i < 4; i++) {
      assertThat(Arrays.copyOfRange(batch, i * length, (i + 1) * length))
          .isEqualTo(single.next().images());
    }
  }

  @Test
  void positionsReadWhatTheyWrite() {
    BatcherPosition position = new BatcherPosition(3, 1280);
    assertThat(position).hasToString("3:1280");
    assertThat(BatcherPosition.parse("3:1280")).isEqualTo(position);
    for (String text : List.of("", "3", "3:-1", "3:1280:0", "3:99999999999")) {
      assertThatThrownBy(() -> BatcherPosition.parse(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("\"" + text + "\"");
    }
  }

  @Test
  void badPlansAndPositionsAreRejected() {
    PixelScaling scaling = PixelScaling.unitRange(1);
    assertThatThrownBy(() -> BatchPlan.training(data, scaling, 11, 0))
        .hasMessageContaining("at most the 10 images of numbered, found 11");
    assertThatThrownBy(() -> BatchPlan.evaluation(data, scaling, 0))
        .hasMessageContaining("batch size > 0");
    assertThatThrownBy(() -> Batcher.endless(plan, new BatcherPosition(0, 11)))
        .hasMessageContaining("at most the 10 images of numbered, found 0:11");
    assertThatThrownBy(() -> new BatcherPosition(-1, 0)).hasMessageContaining("-1:0");
  }

  static void assertSame(Batch found, Batch expected) {
    assertThat(found.images()).isEqualTo(expected.images());
    assertThat(found.labels()).isEqualTo(expected.labels());
  }

  /** Images of 2 x 2 pixels, all pixels of image i having the value i + 1. */
  static ImageDataset numbered(int count) {
    ImageShape shape = new ImageShape(2, 2, 1);
    byte[] pixels = new byte[4 * count];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      Arrays.fill(pixels, 4 * i, 4 * i + 4, (byte) (i + 1));
      labels[i] = i % 3;
    }
    return ImageDataset.of("numbered", shape, List.of("a", "b", "c"), pixels, labels);
  }

  private static List<Integer> numbers(Batch batch) {
    return IntStream.range(0, batch.size())
        .mapToObj(i -> Math.round(batch.images()[4 * i] * 255) - 1)
        .toList();
  }
}
