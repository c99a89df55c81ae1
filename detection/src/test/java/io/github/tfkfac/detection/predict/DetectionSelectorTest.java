package io.github.tfkfac.detection.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.detection.assign.ClassLabels;
import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.box.BoxCoder;
import io.github.tfkfac.detection.box.Boxes;
import io.github.tfkfac.detection.box.Nms;
import io.github.tfkfac.detection.predict.DetectionSelector.Found;
import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.detection.profile.DetectorProfile.Background;
import io.github.tfkfac.detection.testing.Fixture;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DetectionSelectorTest {

  private static final Fixture EVAL = Fixture.eval();
  private static final double PIXELS = 2e-3;
  private static final double SCORES = 1e-4;

  private static DetectionSelector selector(DetectorProfile profile, int classes, int perImage) {
    return new DetectionSelector(
        new ClassLabels(classes, profile.background()),
        BoxCoder.forBoxes(profile),
        0.05,
        new Nms(0.5),
        profile.smallestDetection(),
        perImage);
  }

  private static float[][] rows(float[] values, int width) {
    return IntStream.range(0, values.length / width)
        .mapToObj(i -> Arrays.copyOfRange(values, width * i, width * (i + 1)))
        .toArray(float[][]::new);
  }

  @Test
  void detectionsAreTheReferences() {
    for (int image = 0; image < 2; image++) {
      List<Box> regions =
          Fixture.list(new Boxes(EVAL.floatsOf(image, "proposals", "proposal_counts")));
      int[] size = EVAL.imageSize(image);
      List<Found> found =
          selector(DetectorProfile.torchvision(), 5, 12)
              .select(
                  regions,
                  rows(EVAL.floatsOf(image, "class_logits", "proposal_counts"), 6),
                  rows(EVAL.floatsOf(image, "box_deltas", "proposal_counts"), 24),
                  size[0],
                  size[1]);
      float[] scores = EVAL.floatsOf(image, "det_scores", "det_counts");
      int[] labels = EVAL.intsOf(image, "det_labels", "det_counts");
      Boxes boxes = new Boxes(EVAL.floatsOf(image, "det_boxes_resized", "det_counts"));
      assertThat(found).hasSize(scores.length);
      for (int i = 0; i < scores.length; i++) {
        assertThat(found.get(i).score()).isCloseTo(scores[i], within(SCORES));
        assertThat(found.get(i).label()).isEqualTo(labels[i]);
        assertThat(found.get(i).category()).isEqualTo(labels[i] - 1);
        Box expected = boxes.get(i);
        Box box = found.get(i).box();
        assertThat(box.x1()).isCloseTo(expected.x1(), within(PIXELS));
        assertThat(box.y1()).isCloseTo(expected.y1(), within(PIXELS));
        assertThat(box.x2()).isCloseTo(expected.x2(), within(PIXELS));
        assertThat(box.y2()).isCloseTo(expected.y2(), within(PIXELS));
      }
    }
  }

  @Test
  void theBackgroundIsNeverDetected() {
    List<Box> regions = List.of(new Box(0, 0, 10, 10), new Box(20, 20, 30, 30));
    float[][] logits = {{9, 0, 0}, {0, 0, 9}};
    DetectorProfile first = DetectorProfile.torchvision();
    List<Found> backgroundFirst =
        selector(first, 2, 10).select(regions, logits, new float[2][12], 50, 50);
    assertThat(backgroundFirst).hasSize(1);
    assertThat(backgroundFirst.get(0).region()).isEqualTo(1);
    assertThat(backgroundFirst.get(0).category()).isEqualTo(1);
    assertThat(backgroundFirst.get(0).label()).isEqualTo(2);
    DetectorProfile last = DetectorProfile.mmdetection();
    List<Found> backgroundLast =
        selector(last, 2, 10).select(regions, logits, new float[2][8], 50, 50);
    assertThat(backgroundLast).hasSize(1);
    assertThat(backgroundLast.get(0).region()).isZero();
    assertThat(backgroundLast.get(0).category()).isZero();
    assertThat(backgroundLast.get(0).label()).isZero();
  }

  @Test
  void everyClassHasItsOwnDeltas() {
    float[][] logits = {{2, 2, -9}};
    float[][] deltas = {{0, 0, 0, 0, 10, 0, 0, 0}};
    List<Found> found =
        selector(DetectorProfile.mmdetection(), 2, 10)
            .select(List.of(new Box(0, 0, 10, 10)), logits, deltas, 50, 50);
    assertThat(found).hasSize(2);
    assertThat(found.get(0).box()).isEqualTo(new Box(0, 0, 10, 10));
    assertThat(found.get(1).box()).isEqualTo(new Box(10, 0, 20, 10));
  }

  @Test
  void smallDetectionsAreDroppedByTheProfilesLimit() {
    List<Box> regions = List.of(new Box(10, 10, 10.005, 20), new Box(60, 0, 70, 10));
    float[][] backgroundLast = {{9, 0}, {9, 0}};
    assertThat(
            selector(DetectorProfile.mmdetection(), 1, 10)
                .select(regions, backgroundLast, new float[2][4], 50, 50))
        .extracting(Found::region)
        .containsExactly(0);
    float[][] backgroundFirst = {{0, 9}, {0, 9}};
    assertThat(
            selector(DetectorProfile.torchvision(), 1, 10)
                .select(regions, backgroundFirst, new float[2][8], 50, 50))
        .isEmpty();
  }

  @Test
  void theBestAreKeptInOrder() {
    List<Box> regions = List.of(new Box(0, 0, 9, 9), new Box(10, 0, 19, 9), new Box(20, 0, 29, 9));
    float[][] logits = {{1, 0}, {3, 0}, {1, 0}};
    List<Found> found =
        selector(DetectorProfile.mmdetection(), 1, 2)
            .select(regions, logits, new float[3][4], 50, 50);
    assertThat(found).extracting(Found::region).containsExactly(1, 0);
  }

  @Test
  void withoutRegionsThereIsNothing() {
    assertThat(
            DetectionSelector.of(DetectorProfile.mmdetection(), 80)
                .select(List.of(), new float[0][], new float[0][], 50, 50))
        .isEmpty();
  }

  @Test
  void wrongArgumentsAreRejected() {
    DetectionSelector selector = DetectionSelector.of(DetectorProfile.mmdetection(), 2);
    assertThat(selector.labels().position()).isEqualTo(Background.LAST);
    assertThatThrownBy(
            () ->
                selector.select(
                    List.of(new Box(0, 0, 1, 1)), new float[2][3], new float[1][8], 9, 9))
        .hasMessageContaining("1 regions, found 2 and 1");
    assertThatThrownBy(() -> selector(DetectorProfile.mmdetection(), 2, 0))
        .hasMessageContaining("at least 1 detection");
  }
}
