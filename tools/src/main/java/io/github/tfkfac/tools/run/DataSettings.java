package io.github.tfkfac.tools.run;

import io.github.tfkfac.models.data.Augmentation;
import io.github.tfkfac.models.data.Cifar;
import io.github.tfkfac.models.data.GeneratedImages;
import io.github.tfkfac.models.data.ImageDataset;
import io.github.tfkfac.models.data.MnistIdx;
import io.github.tfkfac.models.data.PixelScaling;
import io.github.tfkfac.models.data.RandomCropFlip;
import io.github.tfkfac.tools.error.Suggestions;
import io.github.tfkfac.tools.error.UserError;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which images a run trains and is tested on.
 *
 * @param dataset one of {@link #names()}
 * @param folder where the data lie; not for generated images
 * @param trainImages how many training images are used, from the first on; 0 for all
 * @param testImages how many test images are used, from the first on; 0 for all
 * @param imageSize height and width of generated images
 * @param generatorSeed seed of generated training images; the test images have other seeds
 * @param augment whether training images are cropped and flipped at random
 */
public record DataSettings(
    String dataset,
    Optional<Path> folder,
    int trainImages,
    int testImages,
    int imageSize,
    long generatorSeed,
    boolean augment) {

  private static final List<String> NAMES = List.of("generated", "cifar10", "cifar100", "mnist");
  private static final int GENERATED_TRAIN = 8_000;
  private static final int GENERATED_TEST = 2_000;
  private static final long TEST_SEED_OFFSET = 1_000_003;

  public DataSettings {
    Suggestions.require("data set", dataset, NAMES);
    if (trainImages < 0 || testImages < 0) {
      throw new IllegalArgumentException(
          "expected numbers of images >= 0 (0 for all), found "
              + trainImages
              + " and "
              + testImages);
    }
    if (!dataset.equals("generated") && folder.isEmpty()) {
      throw new UserError(
          "the data set " + dataset + " is read from a folder; name it with --data");
    }
  }

  /** The known data sets. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * The images of a run.
   *
   * @param train what it trains on
   * @param test what it is tested on
   * @param scaling how pixels become numbers
   * @param augmentation what is done to training images
   */
  public record Loaded(
      ImageDataset train, ImageDataset test, PixelScaling scaling, Augmentation augmentation) {}

  /** Reads or draws the images. */
  public Loaded load() {
    ImageDataset train;
    ImageDataset test;
    if (dataset.equals("generated")) {
      train =
          GeneratedImages.of(
              trainImages == 0 ? GENERATED_TRAIN : trainImages,
              imageSize,
              imageSize,
              generatorSeed);
      test =
          GeneratedImages.of(
              testImages == 0 ? GENERATED_TEST : testImages,
              imageSize,
              imageSize,
              generatorSeed + TEST_SEED_OFFSET);
    } else {
      Path path = folder.orElseThrow();
      train =
          first(
              trainImages,
              switch (dataset) {
                case "cifar10" -> Cifar.cifar10Train(path);
                case "cifar100" -> Cifar.cifar100Train(path);
                default -> MnistIdx.train(path);
              });
      test =
          first(
              testImages,
              switch (dataset) {
                case "cifar10" -> Cifar.cifar10Test(path);
                case "cifar100" -> Cifar.cifar100Test(path);
                default -> MnistIdx.test(path);
              });
    }
    return new Loaded(
        train,
        test,
        PixelScaling.ofDataset(train),
        augment ? RandomCropFlip.cifar() : Augmentation.none());
  }

  private static ImageDataset first(int count, ImageDataset data) {
    return count == 0 || count >= data.size() ? data : data.first(count);
  }

  /** The settings by name, for records. */
  public Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("dataset", dataset);
    values.put("train-images", Integer.toString(trainImages));
    values.put("test-images", Integer.toString(testImages));
    if (dataset.equals("generated")) {
      values.put("image-size", Integer.toString(imageSize));
      values.put("generator-seed", Long.toString(generatorSeed));
    }
    values.put("augment", Boolean.toString(augment));
    return values;
  }
}
