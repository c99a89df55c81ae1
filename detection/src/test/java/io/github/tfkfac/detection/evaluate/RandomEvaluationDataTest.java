package io.github.tfkfac.detection.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.DatasetCheck;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.coco.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;

class RandomEvaluationDataTest {

  @Test
  void dataAreSoundAndDependOnTheSeedAlone() {
    RandomEvaluationData data = new RandomEvaluationData(20, 7.2, 15, 5, 3);
    CocoDataset dataset = data.dataset();
    List<Detection> detections = data.detections();

    assertThat(detections).hasSize(300).isEqualTo(data.detections());
    assertThat(dataset.annotations()).hasSizeBetween(50, 250);
    assertThat(DatasetCheck.annotations(dataset))
        .filteredOn(problem -> problem.kind().severity() == Problem.Severity.ERROR)
        .isEmpty();
    double boxes =
        CocoEvaluator.evaluate(dataset, detections, EvaluationOptions.boxes()).metrics().ap50();
    double masks =
        CocoEvaluator.evaluate(dataset, detections, EvaluationOptions.masks()).metrics().ap50();
    assertThat(boxes).isBetween(0.3, 0.95);
    assertThat(masks).isBetween(0.3, 0.95);
    assertThat(new RandomEvaluationData(20, 7.2, 15, 5, 4).detections()).isNotEqualTo(detections);
  }
}
