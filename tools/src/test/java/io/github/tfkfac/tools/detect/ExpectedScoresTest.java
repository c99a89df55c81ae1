package io.github.tfkfac.tools.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.CocoBox;
import io.github.tfkfac.detection.coco.CocoCategory;
import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.evaluate.CocoEvaluator;
import io.github.tfkfac.detection.evaluate.Evaluation;
import io.github.tfkfac.detection.evaluate.EvaluationOptions;
import io.github.tfkfac.tools.error.UserError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ExpectedScoresTest {

  /** A small object, found with an overlap of 0.82: AP50 and AP75 are 1, AP is 0.7. */
  private static Evaluation evaluation() {
    CocoDataset data =
        new CocoDataset(
            List.of(new CocoImage(1, "a.jpg", 100, 100, OptionalInt.empty())),
            List.of(new CocoCategory(1, "cell")),
            List.of(
                new Annotation(1, 1, 1, new CocoBox(0, 0, 10, 10), 100, false, Optional.empty())));
    Detection found = new Detection(1, 1, new Box(0, 0, 10, 8.2), 0.9, Optional.empty());
    return CocoEvaluator.evaluate(data, List.of(found), EvaluationOptions.boxes());
  }

  private static List<String> missed(String name, double least) {
    return ExpectedScores.of(Map.of(name, least)).missed(evaluation());
  }

  @Test
  void aNumberThatIsReachedIsNoMiss() {
    assertThat(missed("AP50", 1)).isEmpty();
    assertThat(missed("AP", 0.69)).isEmpty();
    assertThat(ExpectedScores.of(Map.of()).missed(evaluation())).isEmpty();
  }

  @Test
  void eachNumberThatIsLowerIsNamed() {
    Map<String, Double> least = new LinkedHashMap<>();
    least.put("AP", 0.75);
    least.put("AP50", 0.5);
    least.put("AR1", 0.8);

    assertThat(ExpectedScores.of(least).missed(evaluation()))
        .containsExactly(
            "expected a box AP of at least 0.7500, found 0.7000",
            "expected a box AR1 of at least 0.8000, found 0.7000");
  }

  @Test
  void whatWasNotThereToBeFoundIsMissed() {
    assertThat(missed("APl", 0))
        .containsExactly("expected a box APl of at least 0.0000, found -1.0000");
    assertThat(missed("AP", Double.NaN)).hasSize(1);
  }

  @Test
  void unknownNumbersAreRejected() {
    assertThatThrownBy(() -> ExpectedScores.of(Map.of("mAP", 0.5)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("unknown number 'mAP'; did you mean 'AP'?");
  }
}
