package io.github.tfkfac.tools.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.detection.data.ImageSize;
import io.github.tfkfac.models.arch.Architectures;
import io.github.tfkfac.models.data.ImageShape;
import io.github.tfkfac.models.layer.SoftmaxCrossEntropy;
import io.github.tfkfac.models.train.ClassifierSpec;
import io.github.tfkfac.tools.detect.DetectionSettings;
import io.github.tfkfac.tools.memory.StepKind;
import io.github.tfkfac.tools.placement.StepPlacement.HostOperations;
import io.github.tfkfac.tools.run.OptimizerSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.types.TFloat32;

/** Real kernels of TensorFlow's GPU native, which loads without a GPU. */
@Tag("gpu-native")
class GpuNativePlacementTest {
  private static final int BATCH = 16;
  private static final long SMALL = 64 * 1024;

  private final PlacedTraining training = new PlacedTraining(KernelRegistry.ofGpuNative());

  static List<String> optimizers() {
    return OptimizerSettings.names();
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void everythingButTheInputsOfAConvolutionalNetworkIsOnTheGpu(String optimizer) {
    requireOnGpu(training.ofClassifier(spec("resnet8"), BATCH, settings(optimizer)));
  }

  @Test
  void everythingButTheInputsOfResNet18IsOnTheGpu() {
    requireOnGpu(training.ofClassifier(spec("resnet18"), BATCH, settings("nkfac")));
  }

  @Test
  @Tag("data")
  void everythingButTheInputsOfASavedModelIsOnTheGpu() {
    Path model =
        Path.of(
            Objects.requireNonNull(System.getenv("KFAC_DATA")),
            "saved_models",
            "cifar10_cnn_keras_tf2.12");
    requireOnGpu(training.ofSavedModel(model, BATCH, settings("nkfac")));
  }

  @Test
  void everyOperationOfMaskRcnnHasAKernel() {
    DetectionSettings settings =
        DetectionSettings.of(Map.of("optimizer", "nkfac", "masks", "true"));

    StepPlacement placed = training.ofDetector(settings, new ImageSize(64, 96), 3, 4);

    assertThat(placed.onCpu())
        .extracting(HostOperations::reason)
        .doesNotContain(Reason.NO_KERNEL, Reason.REQUESTED);
  }

  private static ClassifierSpec<TFloat32> spec(String model) {
    return new ClassifierSpec<>(
        Architectures.named(model),
        new ImageShape(32, 32, 3),
        10,
        TFloat32.class,
        1,
        new SoftmaxCrossEntropy());
  }

  private static OptimizerSettings settings(String optimizer) {
    return OptimizerSettings.defaults(optimizer);
  }

  /** Copies are the batch and numbers about shapes and steps. */
  private static void requireOnGpu(StepPlacement placed) {
    assertThat(placed.onCpu())
        .allSatisfy(one -> assertThat(one.reason()).isIn(Reason.FED, Reason.WITH_INPUT));
    assertThat(placed.steps()).containsKey(StepKind.PLAIN);
    assertThat(placed.steps().values())
        .allSatisfy(
            step -> {
              assertThat(step.unknown()).isZero();
              assertThat(step.bytes(Processor.CPU)).isLessThan(SMALL);
              assertThat(step.copies().stream().filter(copy -> copy.bytes().orElse(0L) > SMALL))
                  .allMatch(copy -> copy.type().equals("Placeholder"));
            });
  }
}
