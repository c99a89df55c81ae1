package io.github.tfkfac.models.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.models.data.BatchPlan;
import io.github.tfkfac.models.data.GeneratedImages;
import io.github.tfkfac.models.data.ImageDataset;
import io.github.tfkfac.models.data.PixelScaling;
import io.github.tfkfac.models.savedmodel.KerasModel;
import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.SavedModelException;
import io.github.tfkfac.models.savedmodel.SavedModelFile;
import io.github.tfkfac.models.train.TrainingLength;
import io.github.tfkfac.models.train.TrainingPlan;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/** What fine-tuning finds in models as Keras writes them. */
class KerasFinetuneTest {

  private static final int IMAGES = 32;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"softmax_classifier", "vision_transformer", "uint8_input", "two_outputs"})
  void logitsAreFoundInFloat32(String name) {
    assertThat(type(name)).isEqualTo(TFloat32.class);
  }

  @Test
  void logitsAreFoundBeforeTheirCast() {
    assertThat(type("mixed_float16")).isIn(TFloat16.class, TFloat32.class);
    assertThat(type("mixed_bfloat16")).isIn(TBfloat16.class, TFloat32.class);
    assertThat(type("float64_policy")).isEqualTo(TFloat64.class);
  }

  private Class<?> type(String name) {
    Path model = KerasModel.unpack(name, folder.resolve(name)).folder();
    FinetuneOptions options = FinetuneOptions.defaults();
    try (LoadedModel loaded = LoadedModel.open(SavedModelFile.read(model), options.signatures())) {
      return Logits.of(loaded, options).type();
    }
  }

  @Test
  void aSigmoidIsTrainedOnRequestOnly() {
    assertThatThrownBy(() -> type("sigmoid_classifier"))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining("made by Sigmoid")
        .hasMessageContaining("--loss sigmoid");
  }

  @Test
  void aSequenceOfClassesIsNoClassifier() {
    assertThatThrownBy(() -> type("log_softmax_sequence"))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining("one row per image");
  }

  @Test
  void aModelOfTwoInputsIsNotFedWithImages() {
    Path model = KerasModel.unpack("two_inputs", folder.resolve("two")).folder();
    assertThatThrownBy(() -> OpenModel.sgdm(model, FinetuneOptions.defaults(), 0.1))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining("found 2 inputs")
        .hasMessageContaining("'left'");
  }

  @Test
  void aModelOfBytesTrainsOnPixels() {
    Path model = KerasModel.unpack("uint8_input", folder.resolve("bytes")).folder();
    ImageDataset images = GeneratedImages.of(IMAGES, 8, 8, 5, 3);
    try (OpenModel open = OpenModel.sgdm(model, FinetuneOptions.defaults(), 0.2)) {
      BatchPlan evaluation = BatchPlan.evaluation(images, PixelScaling.bytes(3), IMAGES);
      double before = open.evaluate(evaluation).loss();
      open.train(
          TrainingPlan.of(
              BatchPlan.training(images, PixelScaling.bytes(3), IMAGES, 4),
              TrainingLength.epochs(5)));
      assertThat(open.evaluate(evaluation).loss()).isLessThan(before);
    }
  }
}
