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
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.setting.Form;
import io.github.tfkfac.tools.setting.Setting;
import io.github.tfkfac.tools.setting.Settings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Images that a run is trained and tested on.
 *
 * @param all the settings in effect, those of the data among them
 */
public record DataSettings(Settings all) {

  /** The data set that needs no files. */
  public static final String GENERATED = "generated";

  private static final String IMAGE_FOLDER = "image-folder";
  private static final List<String> NAMES =
      List.of(GENERATED, "cifar10", "cifar100", "mnist", "svhn", IMAGE_FOLDER);
  private static final List<String> DIGITS = List.of("mnist", "svhn");
  private static final int GENERATED_TRAIN = 8_000;
  private static final int GENERATED_TEST = 2_000;
  private static final int GENERATED_SIZE = 32;
  private static final long TEST_SEED_OFFSET = 1_000_003;

  public static final Setting<String> DATASET =
      Setting.oneOf(
              "dataset",
              "data set",
              NAMES,
              "generated (drawn by the program, needs no files), cifar10, cifar100, mnist, svhn or"
                  + " image-folder (train/CLASS/IMAGE and val/CLASS/IMAGE).")
          .defaultsTo(GENERATED)
          .essential();

  public static final Setting<Path> FOLDER =
      new Setting<>(
              "data",
              "FOLDER",
              Form.path(),
              "Folder of the data set's files; not for generated images.")
          .keptOutOfIdentity()
          .essential();

  private static final Setting<Integer> TRAIN_IMAGES =
      images("train-images", "Use the first N training images, 0 for all (generated: 8000).");

  public static final Setting<Integer> TEST_IMAGES =
      images("test-images", "Use the first N test images, 0 for all (generated: 2000).");

  private static final Setting<Integer> VALIDATION_IMAGES =
      images(
          "validation-images",
          "Do not train on the last N of the training images but test on them, in place of the test"
              + " images, to choose settings by.");

  private static final Setting<Integer> IMAGE_SIZE =
      Setting.count(
              "image-size",
              "PIXELS",
              "Height and width of generated images, at least 8, or of those of an image-folder.")
          .defaultsTo(known -> isFolder(known) ? ImageFolder.IMAGENET_SIZE : GENERATED_SIZE)
          .usedIf(known -> isFolder(known) || isGenerated(known));

  private static final Setting<Double> CROP =
      Setting.number(
              "crop",
              "PART",
              "Square in the middle of an image-folder's images that is seen, in parts of the"
                  + " shorter side.")
          .defaultsTo(ImageFolder.IMAGENET_CROP)
          .usedIf(DataSettings::isFolder);

  private static final Setting<Long> GENERATOR_SEED =
      Setting.whole(
              "generator-seed",
              "SEED",
              "Seed of generated training images; the test images have others.")
          .defaultsTo(1L)
          .usedIf(DataSettings::isGenerated);

  private static final Setting<Boolean> AUGMENT =
      Setting.flag(
              "augment",
              "Crop and mirror training images at random; usual for cifar10, cifar100 and"
                  + " image-folder, not for mnist and svhn.")
          .defaultsTo(known -> isFolder(known) || known.get(DATASET).startsWith("cifar"));

  /** The settings of the data. */
  public static final List<Setting<?>> TABLE =
      Setting.section(
          "Images",
          List.of(
              DATASET,
              FOLDER,
              TRAIN_IMAGES,
              TEST_IMAGES,
              VALIDATION_IMAGES,
              IMAGE_SIZE,
              CROP,
              GENERATOR_SEED,
              AUGMENT));

  public DataSettings {
    String dataset = all.get(DATASET);
    Optional<Path> folder = all.find(FOLDER);
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
    if (all.get(AUGMENT) && DIGITS.contains(dataset)) {
      throw new UserError(
          "expected no augmentation for "
              + dataset
              + ", since mirrored digits are other characters; leave"
              + " --augment out");
    }
  }

  private static Setting<Integer> images(String name, String help) {
    return Setting.count(name, "N", help)
        .defaultsTo(0)
        .check(count -> count >= 0, "numbers of images >= 0 (0 for all)");
  }

  static boolean isGenerated(Settings known) {
    return known.get(DATASET).equals(GENERATED);
  }

  private static boolean isFolder(Settings known) {
    return known.get(DATASET).equals(IMAGE_FOLDER);
  }

  /** One of the known data sets. */
  public String dataset() {
    return all.get(DATASET);
  }

  /** Number of training images used, from the first on; 0 for all. */
  public int trainImages() {
    return all.get(TRAIN_IMAGES);
  }

  /** Number of test images used, from the first on; 0 for all. */
  public int testImages() {
    return all.get(TEST_IMAGES);
  }

  /** Seed of generated training images; the test images have other seeds. */
  public long generatorSeed() {
    return all.get(GENERATOR_SEED);
  }

  private Path folder() {
    return all.get(FOLDER);
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
    ImageDataset given = first(trainImages(), train());
    int held = heldOut(given);
    ImageDataset train = held == 0 ? given : given.range(0, given.size() - held);
    return new Loaded(
        train,
        held == 0 ? tested() : given.range(given.size() - held, given.size()),
        isFolder(all) ? PixelScaling.pretrainedRgb() : PixelScaling.ofDataset(train),
        all.get(AUGMENT) ? augmentation() : Augmentation.none());
  }

  /**
   * Reads or draws the test images alone.
   *
   * @throws io.github.tfkfac.models.data.DataException if the folder or a file is unusable
   */
  public ImageDataset test() {
    return all.get(VALIDATION_IMAGES) == 0 ? tested() : load().test();
  }

  private ImageDataset tested() {
    return first(
        testImages(),
        switch (dataset()) {
          case "cifar10" -> Cifar.cifar10Test(folder());
          case "cifar100" -> Cifar.cifar100Test(folder());
          case "mnist" -> MnistIdx.test(folder());
          case "svhn" -> Svhn.test(folder());
          case IMAGE_FOLDER -> imageFolder().validation();
          default -> generated(testImages(), GENERATED_TEST, generatorSeed() + TEST_SEED_OFFSET);
        });
  }

  /** Number of the given training images that are not trained on. */
  private int heldOut(ImageDataset given) {
    int validation = all.get(VALIDATION_IMAGES);
    if (validation >= given.size()) {
      throw new UserError(
          "expected fewer --validation-images than the %s of %s, found %d; hold out fewer"
              .formatted(Counts.of(given.size(), "training image"), given.name(), validation));
    }
    return validation;
  }

  private ImageDataset train() {
    return switch (dataset()) {
      case "cifar10" -> Cifar.cifar10Train(folder());
      case "cifar100" -> Cifar.cifar100Train(folder());
      case "mnist" -> MnistIdx.train(folder());
      case "svhn" -> Svhn.train(folder());
      case IMAGE_FOLDER -> imageFolder().train();
      default -> generated(trainImages(), GENERATED_TRAIN, generatorSeed());
    };
  }

  private ImageFolder imageFolder() {
    return new ImageFolder(folder(), all.get(IMAGE_SIZE), all.get(CROP));
  }

  private Augmentation augmentation() {
    return isFolder(all) ? RandomResizedCropFlip.imageNet() : RandomCropFlip.cifar();
  }

  private ImageDataset generated(int count, int otherwise, long seed) {
    return GeneratedImages.of(
        count == 0 ? otherwise : count, all.get(IMAGE_SIZE), all.get(IMAGE_SIZE), seed);
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
}
