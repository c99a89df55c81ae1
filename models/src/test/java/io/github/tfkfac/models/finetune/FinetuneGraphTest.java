package io.github.tfkfac.models.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.models.data.BatchPlan;
import io.github.tfkfac.models.data.GeneratedImages;
import io.github.tfkfac.models.data.ImageDataset;
import io.github.tfkfac.models.data.PixelScaling;
import io.github.tfkfac.models.savedmodel.SavedModelException;
import io.github.tfkfac.models.train.ClassificationMetrics;
import io.github.tfkfac.models.train.TrainingLength;
import io.github.tfkfac.models.train.TrainingPlan;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FinetuneGraphTest {

  private static final FinetuneOptions OWN_HEAD = FinetuneOptions.defaults();
  private static final int FIXED = 16;
  private static final double ROUNDING = 1e-6;

  @TempDir static Path folder;
  private static Path anyBatch;
  private static Path fixedBatch;

  @BeforeAll
  static void writeModels() {
    anyBatch = TinySavedModel.write(folder.resolve("any"), -1);
    fixedBatch = TinySavedModel.write(folder.resolve("fixed"), FIXED);
  }

  private static ImageDataset images(int count, int classes) {
    return GeneratedImages.of(count, 8, 8, 5, classes);
  }

  private static TrainingPlan<BatchPlan> plan(ImageDataset images, int epochs) {
    return TrainingPlan.of(
        BatchPlan.training(images, PixelScaling.unitRange(3), FIXED, 4),
        TrainingLength.epochs(epochs));
  }

  private static BatchPlan evaluation(ImageDataset images) {
    return BatchPlan.evaluation(images, PixelScaling.unitRange(3), FIXED);
  }

  @ParameterizedTest
  @CsvSource({"nkfac, 0.05, 0.8", "sgdm, 0.2, 0.95"})
  void trainingLowersTheLoss(String optimizer, double learningRate, double share) {
    ImageDataset images = images(96, TinySavedModel.CLASSES);
    try (OpenModel open =
        optimizer.equals("nkfac")
            ? OpenModel.nkfac(anyBatch, OWN_HEAD, learningRate)
            : OpenModel.sgdm(anyBatch, OWN_HEAD, learningRate)) {
      double before = open.evaluate(evaluation(images)).loss();
      open.train(plan(images, 8));
      assertThat(open.evaluate(evaluation(images)).loss()).isLessThan(share * before);
    }
  }

  @Test
  void whatFillsUpAFixedBatchDoesNotCount() {
    ImageDataset images = images(FIXED + 5, TinySavedModel.CLASSES);
    try (OpenModel any = OpenModel.sgdm(anyBatch, OWN_HEAD, 0.05);
        OpenModel fixed = OpenModel.sgdm(fixedBatch, OWN_HEAD, 0.05)) {
      ClassificationMetrics expected = any.evaluate(evaluation(images));
      ClassificationMetrics found = fixed.evaluate(evaluation(images));
      assertThat(found.correct()).isEqualTo(expected.correct());
      assertThat(found.images()).isEqualTo(expected.images());
      assertThat(found.loss()).isEqualTo(expected.loss(), within(ROUNDING));
    }
  }

  @Test
  void anotherBatchSizeThanTheFixedOneIsRejected() {
    ImageDataset images = images(96, TinySavedModel.CLASSES);
    TrainingPlan<BatchPlan> plan =
        TrainingPlan.of(
            BatchPlan.training(images, PixelScaling.unitRange(3), 8, 4), TrainingLength.epochs(1));
    try (OpenModel open = OpenModel.sgdm(fixedBatch, OWN_HEAD, 0.05)) {
      assertThatThrownBy(() -> open.train(plan))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("batches of 16 images")
          .hasMessageContaining("found 8");
    }
  }

  @Test
  void frozenVariablesKeepTheirValues() {
    ImageDataset images = images(48, TinySavedModel.CLASSES);
    try (OpenModel open = OpenModel.nkfac(anyBatch, OWN_HEAD.withFrozen("conv*"), 0.05)) {
      Map<String, List<Float>> before = open.values();
      open.train(plan(images, 2));
      Map<String, List<Float>> after = open.values();
      assertThat(before.keySet())
          .containsExactly("classes/bias", "classes/kernel", "conv/bias", "conv/kernel");
      for (String name : before.keySet()) {
        if (name.startsWith("conv")) {
          assertThat(after.get(name)).as(name).isEqualTo(before.get(name));
        } else {
          assertThat(after.get(name)).as(name).isNotEqualTo(before.get(name));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", ""})
  void aNewHeadTrainsAloneOrWithTheRest(String frozen) {
    ImageDataset images = images(100, 5);
    FinetuneOptions options = OWN_HEAD.withHead(5).withSeed(3);
    if (!frozen.isEmpty()) {
      options = options.withFrozen(frozen);
    }
    try (OpenModel open = OpenModel.nkfac(anyBatch, options, 0.05)) {
      Map<String, List<Float>> before = open.values();
      double loss = open.evaluate(evaluation(images)).loss();
      open.train(plan(images, 6));
      assertThat(open.evaluate(evaluation(images)).loss()).isLessThan(0.95 * loss);
      assertThat(open.values().get("conv/kernel").equals(before.get("conv/kernel")))
          .isEqualTo(!frozen.isEmpty());
      assertThat(open.values().get("classes/kernel")).isEqualTo(before.get("classes/kernel"));
    }
  }

  @Test
  void otherClassesThanTheHeadsAreRejected() {
    try (OpenModel open = OpenModel.sgdm(anyBatch, OWN_HEAD, 0.05)) {
      assertThatThrownBy(() -> open.evaluate(evaluation(images(32, 5))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected the 3 classes")
          .hasMessageContaining("found 5")
          .hasMessageContaining("new head of 5 classes");
    }
  }

  @Test
  void aPatternThatMatchesNothingIsRejected() {
    assertThatThrownBy(() -> OpenModel.sgdm(anyBatch, OWN_HEAD.withFrozen("block*"), 0.05))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining("'block*'")
        .hasMessageContaining("conv/kernel");
  }

  @Test
  void freezingEverythingLeavesNothingToTrain() {
    assertThatThrownBy(() -> OpenModel.sgdm(anyBatch, OWN_HEAD.withFrozen("*"), 0.05))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("expected variables that the loss can train, found none");
  }

  @Test
  void anUnknownTensorOfLogitsIsRejected() {
    assertThatThrownBy(() -> OpenModel.sgdm(anyBatch, OWN_HEAD.withLogits("scores:0"), 0.05))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining("scores:0");
  }
}
