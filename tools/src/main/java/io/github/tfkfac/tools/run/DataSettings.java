package io.github.tfkfac.tools.run;

import io.github.tfkfac.models.data.Augmentation;
import io.github.tfkfac.models.data.Cifar;
import io.github.tfkfac.models.data.GeneratedImages;
import io.github.tfkfac.models.data.ImageDataset;
import io.github.tfkfac.models.data.ImageFolder;
import io.github.tfkfac.models.data.MnistIdx;
import io.github.tfkfac.models.data.PixelScaling;
import io.github.tfkfac.models.data.RandomCropFlip;
import io.github.tfkfac.models.data.RandomResizedCropFlip;
import io.github.tfkfac.models.data.Svhn;
import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.tools.error.Suggestions;
import io.github.tfkfac.tools.error.UserError;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Images that a run is trained and tested on.
 *
 * @param dataset one of {@link #names()}
 * @param folder where the data lie; not for generated images
 * @param trainImages number of training images used, from the first on; 0 for all
 * @param testImages number of test images used, from the first on; 0 for all
 * @param imageSize height and width of generated images, and of those of an image folder
 * @param crop side of the square in the middle that is seen of an image of an image folder, in
 *     parts of its shorter side
 * @param generatorSeed seed of generated training images; the test images have other seeds
 * @param augment whether training images are cropped and flipped at random; not for digits, whose
 *     mirror images are other characters
 */
public record DataSettings(
    String dataset,
    Optional<Path> folder,
    int trainImages,
    int testImages,
    int imageSize,
    double crop,
    long generatorSeed,
    boolean augment) {

  /** The data set that needs no files. */
  public static final String GENERATED = "generated";

  static final List<String> OPTIONS =
      List.of(
          "dataset",
          "data",
          "train-images",
          "test-images",
          "image-size",
          "crop",
          "generator-seed",
          "augment");

  private static final String IMAGE_FOLDER = "image-folder";
  private static final List<String> NAMES =
      List.of(GENERATED, "cifar10", "cifar100", "mnist", "svhn", IMAGE_FOLDER);
  private static final List<String> DIGITS = List.of("mnist", "svhn");
  private static final int GENERATED_TRAIN = 8_000;
  private static final int GENERATED_TEST = 2_000;
  private static final int GENERATED_SIZE = 32;
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
    if (!dataset.equals(GENERATED) && folder.isEmpty()) {
      throw new UserError(
          "the data set " + dataset + " is read from a folder; name it with --data");
    }
    if (dataset.equals(GENERATED) && folder.isPresent()) {
      throw new UserError(
          "generated images are not read from a folder, found --data "
              + folder.get()
              + "; name the folder's data set with --dataset, or leave --data out");
    }
    if (augment && DIGITS.contains(dataset)) {
      throw new UserError(
          "expected no augmentation for "
              + dataset
              + ", since mirrored digits are other characters; leave"
              + " --augment out");
    }
  }

  /** The known data sets. */
  public static List<String> names() {
    return NAMES;
  }

  /** Settings from options; only photographs are augmented unless the options say otherwise. */
  static DataSettings of(OptionValues options) {
    String dataset = options.text("dataset", GENERATED);
    boolean folder = dataset.equals(IMAGE_FOLDER);
    return new DataSettings(
        dataset,
        options.text("data").map(Path::of),
        options.count("train-images", 0),
        options.count("test-images", 0),
        options.count("image-size", folder ? ImageFolder.IMAGENET_SIZE : GENERATED_SIZE),
        options.number("crop", ImageFolder.IMAGENET_CROP),
        options.whole("generator-seed", 1),
        options.flag("augment", folder || dataset.startsWith("cifar")));
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
      ImageDataset train, ImageDataset test, PixelScaling scaling, Augmentation augmentation) {

    /** Sizes and content hashes of the two parts, for records. */
    public Map<String, String> identity() {
      Map<String, String> identity = new LinkedHashMap<>();
      identity.put("train", train.toString());
      identity.put("train_sha256", train.contentHash());
      identity.put("test", test.toString());
      identity.put("test_sha256", test.contentHash());
      return identity;
    }
  }

  /**
   * Reads or draws the images.
   *
   * @throws io.github.tfkfac.models.data.DataException if the folder or a file is unusable
   */
  public Loaded load() {
    ImageDataset train = first(trainImages, train());
    return new Loaded(
        train,
        test(),
        dataset.equals(IMAGE_FOLDER) ? PixelScaling.pretrainedRgb() : PixelScaling.ofDataset(train),
        augment ? augmentation() : Augmentation.none());
  }

  /**
   * Reads or draws the test images alone.
   *
   * @throws io.github.tfkfac.models.data.DataException if the folder or a file is unusable
   */
  public ImageDataset test() {
    return first(
        testImages,
        switch (dataset) {
          case "cifar10" -> Cifar.cifar10Test(folder.orElseThrow());
          case "cifar100" -> Cifar.cifar100Test(folder.orElseThrow());
          case "mnist" -> MnistIdx.test(folder.orElseThrow());
          case "svhn" -> Svhn.test(folder.orElseThrow());
          case IMAGE_FOLDER -> imageFolder().validation();
          default -> generated(testImages, GENERATED_TEST, generatorSeed + TEST_SEED_OFFSET);
        });
  }

  private ImageDataset train() {
    return switch (dataset) {
      case "cifar10" -> Cifar.cifar10Train(folder.orElseThrow());
      case "cifar100" -> Cifar.cifar100Train(folder.orElseThrow());
      case "mnist" -> MnistIdx.train(folder.orElseThrow());
      case "svhn" -> Svhn.train(folder.orElseThrow());
      case IMAGE_FOLDER -> imageFolder().train();
      default -> generated(trainImages, GENERATED_TRAIN, generatorSeed);
    };
  }

  private ImageFolder imageFolder() {
    return new ImageFolder(folder.orElseThrow(), imageSize, crop);
  }

  private Augmentation augmentation() {
    return dataset.equals(IMAGE_FOLDER) ? RandomResizedCropFlip.imageNet() : RandomCropFlip.cifar();
  }

  private ImageDataset generated(int count, int otherwise, long seed) {
    return GeneratedImages.of(count == 0 ? otherwise : count, imageSize, imageSize, seed);
  }

  private static ImageDataset first(int count, ImageDataset data) {
    if (count > data.size()) {
      throw new UserError(
          "expected at most the "
              + Counts.of(data.size(), "image")
              + " of "
              + data.name()
              + ", found "
              + count
              + "; ask for fewer, or for 0 to use all");
    }
    return count == 0 || count == data.size() ? data : data.first(count);
  }

  /** The settings that decide a run's numbers, by option name. */
  Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("dataset", dataset);
    values.put("train-images", Integer.toString(trainImages));
    values.put("test-images", Integer.toString(testImages));
    if (dataset.equals(IMAGE_FOLDER)) {
      values.put("image-size", Integer.toString(imageSize));
      values.put("crop", Double.toString(crop));
    }
    if (dataset.equals(GENERATED)) {
      values.put("image-size", Integer.toString(imageSize));
      values.put("generator-seed", Long.toString(generatorSeed));
    }
    values.put("augment", Boolean.toString(augment));
    return values;
  }
}
