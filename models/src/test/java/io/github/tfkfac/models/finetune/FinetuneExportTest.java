package io.github.tfkfac.models.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.models.data.BatchPlan;
import io.github.tfkfac.models.data.GeneratedImages;
import io.github.tfkfac.models.data.ImageDataset;
import io.github.tfkfac.models.data.PixelScaling;
import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.SavedModelException;
import io.github.tfkfac.models.savedmodel.SavedModelFile;
import io.github.tfkfac.models.train.TrainingLength;
import io.github.tfkfac.models.train.TrainingPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

class FinetuneExportTest {

  private static final double SAME_OUTPUT = 1e-6;
  private static final int NEW_CLASSES = 5;
  private static final int IMAGES = 4;

  @TempDir Path folder;
  private Path original;
  private Path target;

  @BeforeEach
  void writeModel() {
    original = TinySavedModel.write(folder.resolve("original"), -1);
    target = folder.resolve("trained");
  }

  private static TrainingPlan<BatchPlan> plan(int classes) {
    ImageDataset images = GeneratedImages.of(32, 8, 8, 5, classes);
    return TrainingPlan.of(
        BatchPlan.training(images, PixelScaling.unitRange(3), 16, 4), TrainingLength.epochs(2));
  }

  private static TFloat32 images() {
    return TFloat32.tensorOf(
        Shape.of(IMAGES, 8, 8, 3),
        data ->
            data.scalars()
                .forEachIndexed(
                    (at, pixel) ->
                        pixel.setFloat(
                            (float) Math.abs(Math.sin((double) (at[0] * 31 + at[1] + at[2]))))));
  }

  /** The logits of the network in the session. */
  private static float[][] logits(OpenModel open, TFloat32 images) {
    try (Result result =
        open.session
            .runner()
            .feed(open.model.input("images"), images)
            .fetch(open.graph.logits())
            .run()) {
      return OpenModel.matrix(result);
    }
  }

  private static double[] softmax(float[] logits) {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit);
    }
    double[] probabilities = new double[logits.length];
    for (int i = 0; i < logits.length; i++) {
      probabilities[i] = Math.exp(logits[i]) / sum;
    }
    return probabilities;
  }

  private static long largest(float[] logits) {
    int largest = 0;
    for (int i = 1; i < logits.length; i++) {
      largest = logits[i] > logits[largest] ? i : largest;
    }
    return largest;
  }

  private void assertServed(float[][] logits, TFloat32 images) {
    try (SavedModelBundle bundle = SavedModelBundle.load(target.toString(), "serve");
        Result served = bundle.function("serving_default").call(Map.of("images", images))) {
      float[][] probabilities =
          StdArrays.array2dCopyOf((TFloat32) served.get("probabilities").orElseThrow());
      TInt64 classes = (TInt64) served.get("class").orElseThrow();
      for (int i = 0; i < IMAGES; i++) {
        double[] expected = softmax(logits[i]);
        assertThat(probabilities[i]).hasSize(expected.length);
        for (int j = 0; j < expected.length; j++) {
          assertThat((double) probabilities[i][j]).isEqualTo(expected[j], within(SAME_OUTPUT));
        }
        assertThat(classes.getLong(i)).isEqualTo(largest(logits[i]));
      }
    }
  }

  @Test
  void aModelWithANewHeadServesItsClasses() {
    FinetuneOptions options = FinetuneOptions.defaults().withHead(NEW_CLASSES);
    try (OpenModel open = OpenModel.nkfac(original, options, 0.05);
        TFloat32 images = images()) {
      open.train(plan(NEW_CLASSES));
      open.graph.export(open.session, target);
      float[][] logits = logits(open, images);
      assertThat(logits[0]).hasSize(NEW_CLASSES);
      assertServed(logits, images);
    }
    try (LoadedModel exported = LoadedModel.open(target, SavedModelFile.DEFAULT_SIGNATURE)) {
      assertThat(exported.variables())
          .extracting(variable -> variable.name())
          .contains("conv/kernel", "head/kernel")
          .doesNotContain("classes/kernel");
    }
  }

  @Test
  void aModelWithItsOwnHeadServesWhatWasTrained() {
    FinetuneOptions options = FinetuneOptions.defaults().withFrozen("conv/*");
    Map<String, List<Float>> before;
    Map<String, List<Float>> trained;
    try (OpenModel open = OpenModel.nkfac(original, options, 0.05);
        TFloat32 images = images()) {
      before = open.values();
      open.train(plan(TinySavedModel.CLASSES));
      open.graph.export(open.session, target);
      trained = open.values();
      assertServed(logits(open, images), images);
    }
    try (OpenModel exported = OpenModel.sgdm(target, FinetuneOptions.defaults(), 0.05)) {
      assertThat(exported.values()).isEqualTo(trained);
    }
    assertThat(trained.get("conv/kernel")).isEqualTo(before.get("conv/kernel"));
    assertThat(trained.get("conv/bias")).isEqualTo(before.get("conv/bias"));
    assertThat(trained.get("classes/kernel")).isNotEqualTo(before.get("classes/kernel"));
  }

  @Test
  void whatIsAtTheTargetIsLeftAlone() throws Exception {
    Path precious = Files.writeString(Files.createDirectory(target).resolve("a"), "precious");
    FinetuneOptions options = FinetuneOptions.defaults().withHead(NEW_CLASSES);
    try (OpenModel open = OpenModel.sgdm(original, options, 0.05)) {
      assertThatThrownBy(() -> open.graph.export(open.session, target))
          .isInstanceOf(SavedModelException.class)
          .hasMessageContaining(target.toString());
    }
    assertThat(precious).hasContent("precious");
  }

  @Test
  void aModelWithoutATrainingFunctionIsNotTrainedInThatMode() {
    FinetuneOptions options = FinetuneOptions.defaults().withMode(FinetuneOptions.Mode.TRAINING);
    assertThatThrownBy(() -> OpenModel.sgdm(original, options, 0.05))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining("the mode 'training'")
        .hasMessageContaining("train it in the mode 'inference'");
    assertThatThrownBy(() -> options.withLogits("a:0"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a tensor of logits");
  }
}
