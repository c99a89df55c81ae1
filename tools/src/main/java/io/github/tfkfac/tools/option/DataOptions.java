package io.github.tfkfac.tools.option;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options for the images of a run; read by {@link GivenOptions}. */
public final class DataOptions {

  @Option(
      names = "--dataset",
      paramLabel = "NAME",
      description =
          "generated (drawn by the program, needs no files), cifar10, cifar100, mnist, svhn or"
              + " image-folder (train/CLASS/IMAGE and val/CLASS/IMAGE); default generated.")
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
      description =
          "Height and width of generated images, at least 8, default 32; or of those of an"
              + " image-folder, default 224.")
  @Nullable Integer imageSize;

  @Option(
      names = "--crop",
      paramLabel = "PART",
      description =
          "Square in the middle of an image-folder's images that is seen, in parts of the shorter"
              + " side; default 0.875.")
  @Nullable Double crop;

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
          "Crop and mirror training images at random; default for cifar10, cifar100 and"
              + " image-folder. Not for mnist and svhn.")
  @Nullable Boolean augment;
}
