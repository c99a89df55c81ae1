package io.github.tfkfac.detection.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.detection.arch.ClosedFormWeights;
import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.arch.Reference;
import io.github.tfkfac.detection.arch.ReferenceDetector;
import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.coco.CocoCategory;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.coco.RunLengths;
import io.github.tfkfac.detection.data.CategoryIndex;
import io.github.tfkfac.detection.predict.DetectionSelector.Found;
import io.github.tfkfac.detection.predict.MaskPaster;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tensorflow.types.TFloat32;

/** Inference from images to masks, compared with torchvision's. */
class InferenceParityTest {

  private static final double PIXELS = 2e-3;
  private static final double SCORE = 1e-4;
  private static final double MASK = 1e-4;

  /** Pixels of a pasted mask whose probability is a half up to rounding. */
  private static final int UNDECIDED = 3;

  private static final Reference EVAL = Reference.read("forward_eval.npz");
  private static final DetectorConfig CONFIG = ReferenceDetector.config();

  private static InferenceUnderTest<TFloat32> inference;
  private static List<ImageDetections> both;

  @BeforeAll
  static void detect() {
    inference = new InferenceUnderTest<>(CONFIG, 2, TFloat32.class);
    ClosedFormWeights.of("params_r18.csv").assignTo(inference.store, inference.session);
    both = inference.predictor.detect(ReferenceBatch.both());
  }

  @AfterAll
  static void close() {
    inference.close();
  }

  @Test
  void theDetectionsAreTheReferences() {
    double[] boxes = EVAL.values("det_boxes");
    double[] resized = EVAL.values("det_boxes_resized");
    double[] scores = EVAL.values("det_scores");
    double[] masks = EVAL.values("det_mask_probs");
    int first = 0;
    for (int image = 0; image < 2; image++) {
      ImageDetections detections = both.get(image);
      long count = EVAL.array("det_counts").asInt64()[image];
      assertThat(detections.found()).hasSize((int) count);
      for (int i = 0; i < count; i++) {
        int expected = first + i;
        Found found = detections.found().get(i);
        assertThat(found.label()).isEqualTo((int) EVAL.values("det_labels")[expected]);
        assertThat(Math.abs(found.score() - scores[expected])).isLessThan(SCORE);
        assertClose(found.box(), resized, expected);
        assertClose(detections.box(i), boxes, expected);
        for (int pixel = 0; pixel < 28 * 28; pixel++) {
          double difference =
              detections.masks().get(i)[pixel / 28][pixel % 28] - masks[expected * 28 * 28 + pixel];
          assertThat(Math.abs(difference)).isLessThan(MASK);
        }
      }
      first += (int) count;
    }
  }

  private static void assertClose(Box box, double[] expected, int row) {
    double[] edges = {box.x1(), box.y1(), box.x2(), box.y2()};
    for (int edge = 0; edge < edges.length; edge++) {
      assertThat(Math.abs(edges[edge] - expected[4 * row + edge]))
          .as("detection %d, edge %d", row, edge)
          .isLessThan(PIXELS);
    }
  }

  @Test
  void cocosDetectionsHaveThePastedMasks() {
    CategoryIndex categories =
        new CategoryIndex(
            LongStream.of(7, 3, 90, 20, 11)
                .mapToObj(id -> new CocoCategory(id, "c" + id))
                .toList());
    for (int image = 0; image < 2; image++) {
      List<Detection> detections =
          both.get(image).toCoco(categories, new MaskPaster(CONFIG.profile().maskPaste()));
      long[] areas = EVAL.array("pasted" + image + "_area").asInt64();
      for (int i = 0; i < detections.size(); i++) {
        Detection detection = detections.get(i);
        RunLengths mask = detection.mask().orElseThrow();
        assertThat(Math.abs(mask.area() - areas[i])).isLessThanOrEqualTo(UNDECIDED);
        assertThat(detection.imageId()).isEqualTo(image + 1);
        assertThat(detection.categoryId())
            .isEqualTo(
                List.of(3L, 7L, 11L, 20L, 90L).get(both.get(image).found().get(i).category()));
      }
      for (int i = 0; i < 2; i++) {
        byte[] actual = detections.get(i).mask().orElseThrow().bitmap();
        long[] expected = EVAL.array("pasted" + image + "_" + i + "_binary").asInt64();
        int different = 0;
        for (int pixel = 0; pixel < expected.length; pixel++) {
          different += actual[pixel] == expected[pixel] ? 0 : 1;
        }
        assertThat(different).isLessThanOrEqualTo(UNDECIDED);
      }
    }
  }
}
