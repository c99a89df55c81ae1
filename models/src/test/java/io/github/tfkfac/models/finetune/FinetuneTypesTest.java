package io.github.tfkfac.models.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.models.data.Batch;
import io.github.tfkfac.models.data.BatchPlan;
import io.github.tfkfac.models.data.Batcher;
import io.github.tfkfac.models.data.GeneratedImages;
import io.github.tfkfac.models.data.ImageDataset;
import io.github.tfkfac.models.data.ImageShape;
import io.github.tfkfac.models.data.PixelScaling;
import io.github.tfkfac.models.layer.SigmoidCrossEntropy;
import io.github.tfkfac.models.savedmodel.SavedModelException;
import io.github.tfkfac.models.train.ClassificationMetrics;
import io.github.tfkfac.models.train.TrainingLength;
import io.github.tfkfac.models.train.TrainingPlan;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TNumber;

/** Models whose inputs, network or loss are of other types than float32 and softmax. */
class FinetuneTypesTest {

  private static final int COUNT = 24;
  private static final int CLASSES = 3;
  private static final PixelScaling UNIT = PixelScaling.unitRange(3);
  private static final PixelScaling BYTES = PixelScaling.bytes(3);
  private static final double RATE = 0.1;

  @TempDir Path folder;

  private static ImageDataset images(int classes) {
    return GeneratedImages.of(COUNT, 8, 8, 5, classes);
  }

  private <T extends TNumber> Path write(
      String name, Class<? extends TNumber> input, Class<T> network) {
    return new SmallModel<>(input, network, SmallModel.IMAGES)
        .write(
            folder.resolve(name),
            parts -> Map.of("p", parts.tf().nn.softmax(parts.dense("own", CLASSES))));
  }

  private static ClassificationMetrics evaluate(OpenModel open, PixelScaling scaling, int classes) {
    return open.evaluate(BatchPlan.evaluation(images(classes), scaling, COUNT));
  }

  private static TrainingPlan<BatchPlan> oneStep(PixelScaling scaling, int classes) {
    return TrainingPlan.of(
        BatchPlan.training(images(classes), scaling, COUNT, 4), TrainingLength.epochs(1));
  }

  static Stream<Arguments> inputs() {
    return Stream.of(
        Arguments.of(TUint8.class, BYTES, 1e-6),
        Arguments.of(TInt32.class, BYTES, 1e-6),
        Arguments.of(TInt64.class, BYTES, 1e-6),
        Arguments.of(TFloat64.class, UNIT, 1e-6),
        Arguments.of(TFloat16.class, UNIT, 1e-3),
        Arguments.of(TBfloat16.class, UNIT, 1e-2));
  }

  @ParameterizedTest
  @MethodSource("inputs")
  void imagesAreFedInTheTypeOfTheInput(
      Class<? extends TNumber> input, PixelScaling scaling, double tolerance) {
    Path usual = write("usual", TFloat32.class, TFloat32.class);
    Path other = write("other", input, TFloat32.class);
    try (OpenModel expected = OpenModel.sgdm(usual, FinetuneOptions.defaults(), RATE);
        OpenModel found = OpenModel.sgdm(other, FinetuneOptions.defaults(), RATE)) {
      assertThat(evaluate(found, scaling, CLASSES).loss())
          .isCloseTo(evaluate(expected, UNIT, CLASSES).loss(), within(tolerance));
      expected.train(oneStep(UNIT, CLASSES));
      found.train(oneStep(scaling, CLASSES));
      assertThat(evaluate(found, scaling, CLASSES).loss())
          .isCloseTo(evaluate(expected, UNIT, CLASSES).loss(), within(tolerance));
    }
  }

  @Test
  void wholeNumbersTakeUnscaledPixelsOnly() {
    Path model = write("bytes", TUint8.class, TFloat32.class);
    try (OpenModel open = OpenModel.sgdm(model, FinetuneOptions.defaults(), RATE)) {
      assertThatThrownBy(() -> evaluate(open, UNIT, CLASSES))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("uint8")
          .hasMessageContaining("PixelScaling.bytes");
    }
  }

  @ParameterizedTest
  @CsvSource({"sgdm, false", "nkfac, false", "sgdm, true", "nkfac, true"})
  void aNetworkOfFloat64TrainsAsOneOfFloat32Does(String optimizer, boolean newHead) {
    FinetuneOptions options =
        newHead ? FinetuneOptions.defaults().withHead(CLASSES) : FinetuneOptions.defaults();
    double[] losses = new double[2];
    List<Path> models =
        List.of(
            write("single", TFloat32.class, TFloat32.class),
            write("double", TFloat64.class, TFloat64.class));
    for (int i = 0; i < 2; i++) {
      try (OpenModel open =
          optimizer.equals("nkfac")
              ? OpenModel.nkfac(models.get(i), options, RATE)
              : OpenModel.sgdm(models.get(i), options, RATE)) {
        double before = evaluate(open, UNIT, CLASSES).loss();
        open.train(oneStep(UNIT, CLASSES));
        losses[i] = evaluate(open, UNIT, CLASSES).loss();
        assertThat(losses[i]).isLessThan(before);
      }
    }
    assertThat(losses[1]).isCloseTo(losses[0], within(1e-4));
  }

  @Test
  void independentTargetsInFloat64Train() {
    Path model =
        SmallModel.of(TFloat64.class)
            .write(
                folder.resolve("tags"),
                parts -> Map.of("p", parts.tf().math.sigmoid(parts.dense("own", CLASSES))));
    FinetuneOptions options = FinetuneOptions.defaults().withLoss(new SigmoidCrossEntropy());
    try (OpenModel open = OpenModel.nkfac(model, options, RATE)) {
      double before = evaluate(open, UNIT, CLASSES).loss();
      open.train(oneStep(UNIT, CLASSES));
      assertThat(evaluate(open, UNIT, CLASSES).loss()).isLessThan(before);
    }
  }

  /** One step of gradient descent on a dense layer, against the formula in plain Java. */
  @ParameterizedTest
  @CsvSource({"1, 2", "3, 3"})
  void sigmoidOutputsLearnTheirOwnTargets(int outputs, int classes) {
    Path model =
        SmallModel.of(TFloat32.class)
            .write(
                folder.resolve("tags"),
                parts -> Map.of("p", parts.tf().math.sigmoid(parts.dense("own", outputs))));
    FinetuneOptions options = FinetuneOptions.defaults().withLoss(new SigmoidCrossEntropy());
    Batch all = Batcher.oneEpoch(BatchPlan.evaluation(images(classes), UNIT, COUNT), 0).next();
    try (OpenModel open = OpenModel.sgdm(model, options, RATE)) {
      List<Float> kernel = open.values().get("own/kernel");
      List<Float> bias = open.values().get("own/bias");
      int pixels = all.shape().valueCount();
      double[] expected = new double[pixels * outputs];
      double loss = 0;
      int correct = 0;
      for (int i = 0; i < expected.length; i++) {
        expected[i] = kernel.get(i);
      }
      for (int n = 0; n < COUNT; n++) {
        int best = 0;
        double[] z = new double[outputs];
        for (int k = 0; k < outputs; k++) {
          z[k] = bias.get(k);
          for (int i = 0; i < pixels; i++) {
            z[k] += (double) all.images()[n * pixels + i] * kernel.get(i * outputs + k);
          }
          best = z[k] > z[best] ? k : best;
          double target = all.labels()[n] == (outputs == 1 ? 1 : k) ? 1 : 0;
          double p = 1 / (1 + Math.exp(-z[k]));
          loss -= (target * Math.log(p) + (1 - target) * Math.log(1 - p)) / COUNT;
          for (int i = 0; i < pixels; i++) {
            expected[i * outputs + k] -= RATE * (p - target) * all.images()[n * pixels + i] / COUNT;
          }
        }
        int predicted = outputs == 1 ? (z[0] > 0 ? 1 : 0) : best;
        correct += predicted == all.labels()[n] ? 1 : 0;
      }

      ClassificationMetrics before = evaluate(open, UNIT, classes);
      open.train(oneStep(UNIT, classes));

      assertThat(before.loss()).isCloseTo(loss, within(1e-5));
      assertThat(before.correct()).isEqualTo(correct);
      List<Float> trained = open.values().get("own/kernel");
      for (int i = 0; i < expected.length; i++) {
        assertThat((double) trained.get(i)).isCloseTo(expected[i], within(1e-5));
      }
    }
  }

  @Test
  void halfPrecisionVariablesAreNotTrained() {
    Path model = HalfModel.write(folder.resolve("half"));
    assertThatThrownBy(() -> OpenModel.sgdm(model, FinetuneOptions.defaults(), RATE))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining("2 of float16")
        .hasMessageContaining("mixed_float16");
  }

  @Test
  void channelsComeFirstWhereTheModelTakesThemFirst() {
    InputLayout layout = new InputLayout(Shape.of(-1, 3, 2, 4), TFloat32.class);
    ImageShape shape = new ImageShape(2, 4, 3);
    float[] values = new float[2 * shape.valueCount()];
    for (int k = 0; k < values.length; k++) {
      values[k] = k;
    }
    assertThat(layout.takes(shape)).isTrue();
    try (TFloat32 tensor = (TFloat32) layout.images(new Batch(shape, 2, values, new int[2]))) {
      assertThat(tensor.shape()).isEqualTo(Shape.of(2, 3, 2, 4));
      for (int n = 0; n < 2; n++) {
        for (int c = 0; c < 3; c++) {
          for (int y = 0; y < 2; y++) {
            for (int x = 0; x < 4; x++) {
              assertThat(tensor.getFloat(n, c, y, x)).isEqualTo(((n * 2 + y) * 4 + x) * 3 + c);
            }
          }
        }
      }
    }
  }
}
