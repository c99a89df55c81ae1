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
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

  /** The training images of the first this many classes of CIFAR-100. */
  private static ImageDataset firstClasses(int classes) {
    ImageDataset all = Cifar.cifar100Train(RealData.folder("cifar-100-binary"));
    int[] chosen =
        IntStream.range(0, all.size()).filter(image -> all.label(image) < classes).toArray();
    int length = all.shape().valueCount();
    byte[] pixels = new byte[chosen.length * length];
    for (int i = 0; i < chosen.length; i++) {
      System.arraycopy(all.image(chosen[i]), 0, pixels, i * length, length);
    }
    return ImageDataset.of(
        classes + " classes",
        all.shape(),
        all.classNames().subList(0, classes),
        pixels,
        IntStream.of(chosen).map(all::label).toArray());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aHeadOfTwentyClassesTrainsAloneAndWithTheNetwork(boolean alone) {
    ImageDataset images = firstClasses(20);
    FinetuneOptions options = FinetuneOptions.defaults().withHead(20).withSeed(1);
    if (alone) {
      options = options.withFrozen("*");
    }
    PixelScaling scaling = PixelScaling.unitRange(3);
    BatchPlan evaluation = BatchPlan.evaluation(images, scaling, FIXED_BATCH);
    try (OpenModel open = OpenModel.nkfac(model("cifar10_cnn_keras_tf2.12"), options, 0.01)) {
      var before = open.values();
      double loss = open.evaluate(evaluation).loss();
      open.train(
          TrainingPlan.of(
              BatchPlan.training(images, scaling, FIXED_BATCH, 4), TrainingLength.epochs(3)));
      assertThat(open.evaluate(evaluation).loss()).isLessThan(0.9 * loss);
      assertThat(open.values().equals(before)).isEqualTo(alone);
    }
  }
}
