package io.github.tfkfac.tools.option;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options for the evaluation of a network; read by {@link GivenOptions}. */
public final class EvaluationOptions {

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description = "Folder of the data set's files; default that of the run.")
  @Nullable String data;

  @Option(
      names = "--test-images",
      paramLabel = "N",
      description = "Use the first N test images; default as in the run, or all.")
  @Nullable Integer testImages;

  @Option(names = "--batch", paramLabel = "N", description = "Images per batch; default 128.")
  @Nullable Integer batch;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of TensorFlow; default 0, one per core.")
  @Nullable Integer threads;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "Network that the weights belong to; only with --weights; default resnet20.")
  @Nullable String model;

  @Option(
      names = "--dataset",
      paramLabel = "NAME",
      description =
          "Data set: generated, cifar10, cifar100, mnist, svhn or image-folder; only with --weights;"
              + " default cifar10.")
  @Nullable String dataset;
}
