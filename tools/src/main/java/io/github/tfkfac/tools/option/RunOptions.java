package io.github.tfkfac.tools.option;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Length, evaluations and checkpoints of a run; read by {@link GivenOptions}. */
public final class RunOptions {

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "Passes over the training images; default 10 (generated images: 5).")
  @Nullable Integer epochs;

  @Option(names = "--batch", paramLabel = "N", description = "Images per batch; default 128.")
  @Nullable Integer batch;

  @Option(
      names = "--label-smoothing",
      paramLabel = "S",
      description = "Label smoothing of the training loss, in [0, 1); default 0.")
  @Nullable Double labelSmoothing;

  @Option(
      names = "--eval-every",
      paramLabel = "EPOCHS",
      description =
          "Epochs between two evaluations; default 1 (generated images: 3). The last evaluation is"
              + " at the end.")
  @Nullable Integer evaluationEpochs;

  @Option(
      names = "--eval-images",
      paramLabel = "N",
      description =
          "Test images of the evaluations before the last, which uses all; default 0, all.")
  @Nullable Integer evaluationImages;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "EPOCHS",
      description = "Epochs between two checkpoints; default 1.")
  @Nullable Integer checkpointEpochs;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Threads of TensorFlow; default 0, one per core. With 1, runs repeat to the bit.")
  @Nullable Integer threads;

  @Option(
      names = "--allow-no-layers",
      negatable = true,
      fallbackValue = "true",
      description =
          "Let a second-order optimizer train a network of which it captures no layer, hence"
              + " without preconditioning; default no.")
  @Nullable Boolean allowNoLayers;
}
