package io.github.tfkfac.detection.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.models.data.BatchPlan.LastBatch;
import io.github.tfkfac.models.data.BatcherPosition;
import io.github.tfkfac.models.data.DataException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectionBatcherTest {

  private static final long SEED = 5;

  @TempDir Path folder;

  /** What a batch shows, comparable. */
  private record Shown(List<Long> ids, int images, int boxes, int masks) {
    static Shown of(DetectionBatch batch) {
      return new Shown(
          DetectionBatcherTest.ids(batch),
          Arrays.hashCode(batch.images()),
          Arrays.hashCode(batch.boxes()),
          Arrays.hashCode(batch.masks()));
    }
  }

  private static List<Long> ids(DetectionBatch batch) {
    return batch.sources().stream().map(source -> source.image().id()).toList();
  }

  /** Ids 1 to 7 are wide, 8 to 12 tall, 13 too small, 14 without objects. */
  private SmallData mixed() throws IOException {
    SmallData small = new SmallData(folder);
    for (long id = 1; id <= 7; id++) {
      small.image(id, 48, 40).object(2, new Box(id, 3, 30, 20));
    }
    for (long id = 8; id <= 12; id++) {
      small.image(id, 40, 48).object(5, new Box(id, 3, 30, 20)).object(9, new Box(0, 0, 5, 5));
    }
    return small.image(13, 31, 64).object(2, new Box(1, 1, 9, 9)).image(14, 48, 40);
  }

  private static DetectionPlan training(DetectionDataset data) {
    DetectionPlan plan = DetectionPlan.training(data, SmallData.rounded(40, 48), 2, SEED);
    return plan.withPreparation(plan.preparation().withMasks(Masks.BITMAPS));
  }

  private static List<Shown> shown(DetectionPlan plan, BatcherPosition start, int n) {
    List<Shown> result = new ArrayList<>();
    try (DetectionBatcher batcher = DetectionBatcher.endless(plan, start)) {
      for (int k = 0; k < n; k++) {
        result.add(Shown.of(batcher.next()));
      }
    }
    return result;
  }

  @Test
  void imagesPreparedSideBySideMakeTheSameBatchesAsOneAfterAnother() throws IOException {
    DetectionPlan plan = training(mixed().data());
    SamplePreparer preparer = new SamplePreparer(plan.data(), plan.preparation());
    List<Shown> expected = new ArrayList<>();
    for (int epoch = 0; epoch < 3; epoch++) {
      int[] order = plan.order().images(plan.data(), 2, epoch);
      for (int k = 0; k < 12; k += 2) {
        expected.add(
            Shown.of(
                DetectionBatch.of(
                    List.of(
                        preparer.prepare(order[k], epoch), preparer.prepare(order[k + 1], epoch)),
                    plan.padding(),
                    Masks.BITMAPS)));
      }
    }
    assertThat(shown(plan, BatcherPosition.START, 18)).isEqualTo(expected);
    assertThat(expected.subList(0, 6)).isNotEqualTo(expected.subList(6, 12));
  }

  @Test
  void resumingAtAnyPositionContinuesTheSameBatches() throws IOException {
    DetectionPlan plan = training(mixed().data());
    List<Shown> all = shown(plan, BatcherPosition.START, 15);
    List<BatcherPosition> positions = new ArrayList<>();
    try (DetectionBatcher batcher = DetectionBatcher.endless(plan, BatcherPosition.START)) {
      for (int k = 0; k < 12; k++) {
        positions.add(batcher.position());
        batcher.next();
        assertThat(batcher.hasNext()).isTrue();
      }
    }
    assertThat(positions).startsWith(BatcherPosition.START, new BatcherPosition(0, 2));
    for (int k = 0; k < positions.size(); k++) {
      BatcherPosition start = BatcherPosition.parse(positions.get(k).toString());
      assertThat(shown(plan, start, 3)).as("from %s", start).isEqualTo(all.subList(k, k + 3));
    }
  }

  @Test
  void trainingBatchesHoldOneOrientationAndLeaveOutWhatCannotBeLearned() throws IOException {
    DetectionPlan plan = training(mixed().data());
    assertThat(plan.imagesPerEpoch()).isEqualTo(12);
    for (int epoch = 0; epoch < 4; epoch++) {
      List<Long> seen = new ArrayList<>();
      int mixedBatches = 0;
      try (DetectionBatcher batcher = DetectionBatcher.oneEpoch(plan, epoch)) {
        while (batcher.hasNext()) {
          List<Long> ids = ids(batcher.next());
          seen.addAll(ids);
          mixedBatches += (ids.get(0) <= 7) == (ids.get(1) <= 7) ? 0 : 1;
        }
      }
      assertThat(seen).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L);
      assertThat(mixedBatches).isEqualTo(1);
    }
  }

  @Test
  void evaluationShowsEveryImageInTheOrderOfTheFile() throws IOException {
    DetectionPlan plan = DetectionPlan.evaluation(mixed().data(), SmallData.rounded(40, 48), 4);
    List<Long> seen = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    try (DetectionBatcher batcher = DetectionBatcher.oneEpoch(plan, 0)) {
      while (batcher.hasNext()) {
        DetectionBatch batch = batcher.next();
        seen.addAll(ids(batch));
        sizes.add(batch.size());
      }
      assertThatThrownBy(batcher::next).isInstanceOf(NoSuchElementException.class);
    }
    assertThat(seen).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L, 13L, 14L);
    assertThat(sizes).containsExactly(4, 4, 4, 2);
    assertThat(plan.batchesPerEpoch()).isEqualTo(4);
  }

  @Test
  void theRestIsDroppedOrKept() throws IOException {
    SmallData small = new SmallData(folder);
    for (long id = 1; id <= 5; id++) {
      small.image(id, 40, 40).object(2, new Box(1, 1, 9, 9));
    }
    DetectionPlan plan = training(small.data());
    assertThat(plan.batchesPerEpoch()).isEqualTo(2);
    assertThat(shown(plan, new BatcherPosition(0, 4), 1))
        .isEqualTo(shown(plan, new BatcherPosition(1, 0), 1));
    DetectionPlan keeping = plan.withLastBatch(LastBatch.KEEP);
    assertThat(keeping.batchesPerEpoch()).isEqualTo(3);
    assertThat(shown(keeping, new BatcherPosition(0, 4), 1).get(0).ids()).hasSize(1);
  }

  @Test
  void anUnreadableImageEndsTheRunWhenItsBatchIsReached() throws IOException {
    SmallData small = new SmallData(folder).image(1, 40, 40).image(2, 40, 40);
    DetectionDataset data = small.listed(3, "gone.jpg", 40, 40).image(4, 40, 40).data();
    DetectionPlan plan = DetectionPlan.evaluation(data, SmallData.rounded(40, 40), 2);
    try (DetectionBatcher batcher = DetectionBatcher.oneEpoch(plan, 0)) {
      assertThat(ids(batcher.next())).containsExactly(1L, 2L);
      assertThatThrownBy(batcher::next)
          .isInstanceOf(DataException.class)
          .hasMessageContainingAll("gone.jpg", "id 3");
    }
  }

  @Test
  void unreadableImagesAreLeftOutAndReportedOnRequest() throws IOException {
    SmallData small = new SmallData(folder).listed(1, "a.jpg", 40, 40);
    small.listed(2, "b.jpg", 40, 40).image(3, 40, 40).listed(4, "c.jpg", 40, 40).image(5, 40, 40);
    UnreadableImages.Listener listener = mock(UnreadableImages.Listener.class);
    DetectionPlan plan =
        DetectionPlan.evaluation(small.data(), SmallData.rounded(40, 40), 2)
            .withUnreadable(new UnreadableImages.Skip(listener));
    List<List<Long>> seen = new ArrayList<>();
    try (DetectionBatcher batcher = DetectionBatcher.oneEpoch(plan, 0)) {
      while (batcher.hasNext()) {
        seen.add(ids(batcher.next()));
      }
      assertThat(batcher.position()).isEqualTo(new BatcherPosition(1, 0));
    }
    assertThat(seen).containsExactly(List.of(3L), List.of(5L));
    verify(listener, times(3)).skipped(any(), any());
    verify(listener)
        .skipped(argThat(i -> i.id() == 4), argThat(e -> e.getMessage().contains("c.jpg")));
  }

  @Test
  void anEndlessRunOverUnreadableImagesAloneFails() {
    SmallData small = new SmallData(folder).listed(1, "a.jpg", 40, 40).listed(2, "b.jpg", 40, 40);
    DetectionPlan plan =
        DetectionPlan.evaluation(small.data(), SmallData.rounded(40, 40), 1)
            .withUnreadable(new UnreadableImages.Skip((image, reason) -> {}));
    try (DetectionBatcher batcher = DetectionBatcher.endless(plan, BatcherPosition.START)) {
      assertThatThrownBy(batcher::next).isInstanceOf(DataException.class);
    }
  }

  @Test
  void rejectsAPositionInsideABatchOrBehindTheEnd() throws IOException {
    DetectionPlan plan = training(mixed().data());
    for (BatcherPosition wrong : List.of(new BatcherPosition(0, 3), new BatcherPosition(0, 14))) {
      assertThatThrownBy(() -> DetectionBatcher.endless(plan, wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll(wrong.toString(), "batch size the run began with");
    }
  }

  @Test
  void rejectsAPlanWithoutAnythingToLearn() throws IOException {
    DetectionDataset data = new SmallData(folder).image(1, 40, 40).data();
    assertThatThrownBy(() -> DetectionPlan.training(data, SmallData.rounded(40, 40), 1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found 0 of 1");
  }

  @Test
  void aClosedBatcherSaysSo() throws IOException {
    DetectionBatcher batcher =
        DetectionBatcher.endless(training(mixed().data()), BatcherPosition.START);
    batcher.next();
    batcher.close();
    assertThatThrownBy(batcher::next)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }
}
