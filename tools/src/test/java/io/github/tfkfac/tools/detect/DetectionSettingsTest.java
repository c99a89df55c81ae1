package io.github.tfkfac.tools.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.detection.data.UnreadableImages;
import io.github.tfkfac.tools.error.UserError;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DetectionSettingsTest {

  @Test
  void theSmallDetectorIsUsual() {
    DetectionSettings settings = DetectionSettings.of(Map.of());

    assertThat(settings.name()).isEqualTo("faster-rcnn-small");
    assertThat(settings.optimizer().name()).isEqualTo("nkfac");
    assertThat(settings.optimizer().learningRate()).isEqualTo(0.01);
    assertThat(settings.values()).containsEntry("clip-norm", "10.0");
    assertThat(settings.steps()).isEqualTo(400);
    assertThat(settings.shortSide()).isEqualTo(128);
    assertThat(settings.longSide()).isEqualTo(256);
    assertThat(settings.batch()).isEqualTo(2);
    assertThat(settings.rateBatch()).isEqualTo(2);
    assertThat(settings.drops()).containsExactly(0.8);
    assertThat(settings.skipBadImages()).isFalse();
  }

  @Test
  void theOthersFollowThePublishedRecipe() {
    DetectionSettings settings =
        DetectionSettings.of(Map.of("detector", "resnet50", "optimizer", "sgdm", "masks", "true"));

    assertThat(settings.name()).isEqualTo("mask-rcnn-resnet50");
    assertThat(settings.optimizer().learningRate()).isEqualTo(0.02);
    assertThat(settings.values()).containsEntry("weight-decay", "1.0E-4");
    assertThat(settings.values()).containsEntry("clip-norm", "0.0");
    assertThat(settings.steps()).isEqualTo(87960);
    assertThat(settings.shortSide()).isEqualTo(800);
    assertThat(settings.longSide()).isEqualTo(1333);
    assertThat(settings.rateBatch()).isEqualTo(16);
    assertThat(settings.warmUpSteps()).isEqualTo(500);
    assertThat(settings.drops()).containsExactly(0.6667, 0.9167);
  }

  @Test
  void recordedOptionsMakeTheSameSettings() {
    Map<String, String> given = new HashMap<>();
    given.put("ids", "3, 1");
    given.put("masks", "true");
    given.put("optimizer", "adamw");
    given.put("profile", "torchvision");
    given.put("drops", "0.25,0.5");
    given.put("mirror", "false");
    given.put("skip-bad-images", "true");
    given.put("weights", "r18.npz");
    given.put("warmup-steps", "3");
    given.put("eval-every", "7");
    given.put("threads", "1");
    DetectionSettings settings = DetectionSettings.of(given);

    assertThat(DetectionSettings.of(settings.options())).isEqualTo(settings);
    assertThat(settings.ids()).containsExactly(3L, 1L);
    assertThat(settings.options()).containsEntry("skip-bad-images", "true");
    assertThat(DetectionSettings.of(DetectionSettings.of(Map.of()).options()))
        .isEqualTo(DetectionSettings.of(Map.of()));
  }

  @Test
  void whatDecidesTheNumbersIsToldFromWhatDoesNot() {
    Map<String, String> usual = DetectionSettings.of(Map.of()).values();

    assertThat(
            DetectionSettings.of(Map.of("eval-every", "7", "checkpoint-every", "7", "threads", "1"))
                .values())
        .isEqualTo(usual);
    assertThat(DetectionSettings.of(Map.of("skip-bad-images", "true")).values())
        .isNotEqualTo(usual);
    assertThat(DetectionSettings.optionNames()).containsAll(usual.keySet());
  }

  @Test
  void badImagesAreLeftOutOnlyWhereAskedFor() {
    UnreadableImages.Listener listener = (image, reason) -> {};

    assertThat(DetectionSettings.of(Map.of()).unreadable(listener))
        .isEqualTo(new UnreadableImages.Fail());
    assertThat(DetectionSettings.of(Map.of("skip-bad-images", "true")).unreadable(listener))
        .isEqualTo(new UnreadableImages.Skip(listener));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "detector  | resnet5   | unknown detector 'resnet5'; did you mean 'resnet50'?",
        "profile   | detectron | unknown profile 'detectron'",
        "fc6       | none      | unknown treatment of fc6 'none'; known: blocks, full, plain",
        "levels    | pool      | unknown treatment of levels 'pool'; did you mean 'pooled'?",
        "optimizer | nkfak     | unknown optimizer 'nkfak'; did you mean 'nkfac'?",
        "drops     | 0,0.5     | expected parts of the run between 0 and 1 as drops",
        "drops     | 1.5       | expected parts of the run between 0 and 1 as drops",
        "drops     | NaN       | expected parts of the run between 0 and 1 as drops",
        "ids       | one       | expected numbers separated by commas for 'ids', found 'one'",
        "steps     | 0         | expected > 0 steps, found 0",
        "steps     | many      | expected a whole number for 'steps', found 'many'",
        "batch     | 0         | expected > 0 images per step, found 0",
        "rate-batch | -1       | expected > 0 images that the learning rate is stated for, found"
            + " -1",
        "warmup-steps | -1     | expected >= 0 steps of warm-up, found -1",
        "checkpoint-every | -1 | expected >= 0 steps between checkpoints, found -1",
        "skip-bad-images | yes | expected true or false for 'skip-bad-images', found 'yes'",
        "schedule  | step      | the learning rate of a detector falls at --drops",
        "skip-bad-image | true | unknown option 'skip-bad-image'; did you mean 'skip-bad-images'?",
      })
  void badValuesAreRejected(String option, String value, String said) {
    assertThatThrownBy(() -> DetectionSettings.of(Map.of(option, value)))
        .isInstanceOfAny(UserError.class, IllegalArgumentException.class)
        .hasMessageContaining(said);
  }

  @Test
  void listsMayHaveSpaces() {
    assertThat(DetectionSettings.of(Map.of("drops", " 0.5 , 0.75,")).drops())
        .isEqualTo(List.of(0.5, 0.75));
  }

  @Test
  void aRunMayBeSoShortThatItsDropsMeet() {
    for (String steps : new String[] {"1", "2", "3"}) {
      DetectionSettings settings =
          DetectionSettings.of(Map.of("detector", "resnet18", "steps", steps));
      assertThat(settings.kfac(settings.config(3))).as(steps).isPresent();
    }
  }
}
