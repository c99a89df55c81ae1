package io.github.tfkfac.models.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.models.data.BatchPlan;
import io.github.tfkfac.models.data.Cifar;
import io.github.tfkfac.models.data.ImageDataset;
import io.github.tfkfac.models.data.MnistIdx;
import io.github.tfkfac.models.data.PixelScaling;
import io.github.tfkfac.models.data.RealData;
import io.github.tfkfac.models.train.TrainingLength;
import io.github.tfkfac.models.train.TrainingPlan;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Networks that others trained, trained further. */
@Tag("data")
class RealFinetuningTest {

  private static final String DENSE = "mnist_dense_train_signatures_tf2.15";

  /** Images whose two largest logits differ by no more than rounding. */
  private static final int UNDECIDED = 3;

  private static final int FIXED_BATCH = 128;

  private static Path model(String name) {
    return RealData.folder("saved_models").resolve(name);
  }

  private static ImageDataset cifar() {
    return Cifar.cifar10Test(RealData.folder("cifar-10-batches-bin"));
  }

  private static ImageDataset digits() {
    return MnistIdx.test(RealData.folder("mnist"));
  }

  @Test
  void aNetworkForClothesIsPoorAtDigits() {
    assertCorrect(DENSE, "infer", digits(), PixelScaling.unitRange(1), 756);
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({
    "cifar10_resnet32_tf1.8, 9265",
    "cifar10_cnn_keras_tf2.12, 6464",
    "mnist_cnn_keras_tf2.2, 9810"
  })
  void networksAreAsGoodAsPublished(String name, int correct) {
    boolean digits = name.startsWith("mnist");
    PixelScaling scaling =
        name.contains("resnet")
            ? new PixelScaling.PerImage()
            : PixelScaling.unitRange(digits ? 1 : 3);
    assertCorrect(name, "serving_default", digits ? digits() : cifar(), scaling, correct);
  }

  private static void assertCorrect(
      String name, String signature, ImageDataset test, PixelScaling scaling, int correct) {
    FinetuneOptions options = FinetuneOptions.defaults().withSignature(signature);
    try (OpenModel open = OpenModel.sgdm(model(name), options, 0.05)) {
      assertThat(open.evaluate(BatchPlan.evaluation(test, scaling, FIXED_BATCH)).correct())
          .isCloseTo(correct, within((long) UNDECIDED));
    }
  }

  @Tag("slow")
  @Test
  void theLossOfATrainingSignatureTeachesDigits() {
    ImageDataset images = MnistIdx.train(RealData.folder("mnist")).first(20_000);
    PixelScaling scaling = PixelScaling.unitRange(1);
    FinetuneOptions options =
        FinetuneOptions.defaults().withSignature("infer").withLossSignature("train");
    try (OpenModel open = OpenModel.nkfac(model(DENSE), options, 0.05)) {
      open.train(
          TrainingPlan.of(
              BatchPlan.training(images, scaling, FIXED_BATCH, 4), TrainingLength.epochs(4)));
      assertThat(open.evaluate(BatchPlan.evaluation(digits(), scaling, 500)).accuracy())
          .isGreaterThan(0.95);
    }
  }

  @Test
  void aNetworkWithDropoutIsTrainedWithIt() {
    ImageDataset images = MnistIdx.train(RealData.folder("mnist")).first(64);
    FinetuneOptions options = FinetuneOptions.defaults().withMode(FinetuneOptions.Mode.TRAINING);
    try (OpenModel open = OpenModel.sgdm(model("mnist_cnn_keras_tf2.2"), options, 0.01)) {
      assertThat(open.graph.training().training().logits()).isNotEqualTo(open.graph.logits());
      var before = open.values();
      open.train(
          TrainingPlan.of(
              BatchPlan.training(images, PixelScaling.unitRange(1), 32, 4),
              TrainingLength.epochs(1)));
      assertThat(open.values()).isNotEqualTo(before);
    }
  }
}
