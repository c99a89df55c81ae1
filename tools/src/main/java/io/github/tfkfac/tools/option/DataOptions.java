package io.github.tfkfac.tools.option;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which images; read by {@link GivenOptions}. */
public final class DataOptions {

  @Option(
      names = "--dataset",
      paramLabel = "NAME",
      description =
          "generated (drawn by the program, needs no files), cifar10, cifar100 or mnist; default"
              + " generated.")
  @Nullable String dataset;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description = "Folder of the data set's files; not for generated images.")
  @Nullable String data;

  @Option(
      names = "--train-images",
      paramLabel = "N",
      description = "Use the first N training images; default 0, all (generated: 8000).")
  @Nullable Integer trainImages;

  @Option(
      names = "--test-images",
      paramLabel = "N",
      description = "Use the first N test images; default 0, all (generated: 2000).")
  @Nullable Integer testImages;

  @Option(
      names = "--image-size",
      paramLabel = "PIXELS",
      description = "Height and width of generated images, at least 8; default 32.")
  @Nullable Integer imageSize;

  @Option(
      names = "--generator-seed",
      paramLabel = "SEED",
      description = "Seed of generated training images; the test images have others; default 1.")
  @Nullable Long generatorSeed;

  @Option(
      names = "--augment",
      negatable = true,
      fallbackValue = "true",
      description =
          "Crop and mirror training images at random; default for cifar10 and cifar100. Not for"
              + " mnist.")
  @Nullable Boolean augment;
}
