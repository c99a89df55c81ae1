package io.github.tfkfac.tools.detect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.coco.DatasetCheck;
import io.github.tfkfac.detection.coco.DatasetReading;
import io.github.tfkfac.detection.coco.DatasetUse;
import io.github.tfkfac.detection.coco.ImageFiles;
import io.github.tfkfac.detection.coco.InstancesReader;
import io.github.tfkfac.detection.coco.Problem;
import io.github.tfkfac.detection.data.DetectionDataset;
import io.github.tfkfac.detection.data.ShapesDataset;
import io.github.tfkfac.detection.data.ShapesOptions;
import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.tools.error.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The annotated images of a run.
 *
 * @param train what it trains on
 * @param val what it is evaluated on
 * @param warnings lines about what is wrong with the annotations and not needed
 */
public record DetectionImages(DetectionDataset train, DetectionDataset val, List<String> warnings) {

  /** Entry of {@link #identity}: the categories that are trained, by id. */
  static final String CATEGORIES = "categories";

  private static final int MOST_DIFFERENCES = 10;

  private static final int GENERATED_TRAIN = 160;
  private static final int GENERATED_VAL = 40;

  /** Of images without warnings. */
  DetectionImages(DetectionDataset train, DetectionDataset val) {
    this(train, val, List.of());
  }

  /**
   * Reads the images' annotations, or draws shapes into a folder.
   *
   * @param data where they lie
   * @param ids images that are used, of either part, for training and evaluation alike; all, each
   *     part for its own purpose, if there are none
   * @param use whether outlines are needed
   * @param drawn where drawn shapes go
   */
  static DetectionImages read(DetectionData data, List<Long> ids, DatasetUse use, Path drawn)
      throws IOException {
    if (data.drawn()) {
      if (!Files.isDirectory(drawn)) {
        ShapesDataset.write(drawn, ShapesOptions.of(GENERATED_TRAIN, GENERATED_VAL, 1));
      }
      return read(DetectionData.in(drawn), ids, use, drawn);
    }
    CocoFiles train = data.trainFiles();
    CocoFiles val = data.valFiles();
    List<String> warnings = new ArrayList<>();
    CocoDataset ofTrain = read(train, use, warnings);
    CocoDataset ofVal = train.equals(val) ? ofTrain : read(val, use, warnings);
    requireSameCategories(train, ofTrain, val, ofVal);
    if (train.equals(val) && ids.isEmpty()) {
      warnings.add(
          train.annotations()
              + ": evaluated on the images that are trained on, as there is no part for validation");
    }
    if (ids.isEmpty()) {
      return new DetectionImages(
          dataset("train", train, ofTrain),
          dataset(train.equals(val) ? "train" : "val", val, ofVal),
          warnings);
    }
    Map<CocoFiles, CocoDataset> parts = new LinkedHashMap<>();
    parts.put(train, ofTrain);
    parts.put(val, ofVal);
    Path folder = data.folder().orElse(Path.of("").toAbsolutePath());
    DetectionDataset chosen = chosen(folder, parts, ids);
    return new DetectionImages(chosen, chosen, warnings);
  }

  private static CocoDataset read(CocoFiles files, DatasetUse use, List<String> warnings)
      throws IOException {
    DatasetReading reading = InstancesReader.readLeniently(files.annotations());
    warnings.addAll(DatasetWarnings.lines(files.annotations(), reading.warnings(use)));
    return reading.require(files.annotations(), use);
  }

  private static void requireSameCategories(
      CocoFiles train, CocoDataset ofTrain, CocoFiles val, CocoDataset ofVal) {
    List<Problem> differences =
        DatasetCheck.categories("train", ofTrain.categories(), "val", ofVal.categories());
    if (!differences.isEmpty()) {
      throw new UserError(
          "expected the same categories in %s and %s, found %s%s; give each category one id in both"
              .formatted(
                  train.annotations(),
                  val.annotations(),
                  differences.stream()
                      .limit(MOST_DIFFERENCES)
                      .map(Problem::line)
                      .collect(joining("; ")),
                  differences.size() > MOST_DIFFERENCES
                      ? "; and " + (differences.size() - MOST_DIFFERENCES) + " more"
                      : ""));
    }
  }

  private static DetectionDataset dataset(String name, CocoFiles files, CocoDataset annotations) {
    return new DetectionDataset(
        files.annotations().getFileName() + " (" + name + ")", files.images(), annotations);
  }

  private static DetectionDataset chosen(
      Path folder, Map<CocoFiles, CocoDataset> parts, List<Long> ids) {
    Set<Long> wanted = new HashSet<>(ids);
    List<CocoImage> images = new ArrayList<>();
    List<Annotation> annotations = new ArrayList<>();
    CocoDataset last = new CocoDataset(List.of(), List.of(), List.of());
    for (Map.Entry<CocoFiles, CocoDataset> part : parts.entrySet()) {
      last = part.getValue();
      ImageFiles from = new ImageFiles(part.getKey().images(), last.images());
      Set<Long> taken = new HashSet<>();
      for (CocoImage image : last.images()) {
        if (wanted.remove(image.id())) {
          taken.add(image.id());
          images.add(
              new CocoImage(
                  image.id(),
                  below(folder, from.of(image)),
                  image.width(),
                  image.height(),
                  image.license()));
        }
      }
      last.annotations().stream()
          .filter(one -> taken.contains(one.imageId()))
          .forEach(one -> annotations.add(numbered(one, annotations.size() + 1L)));
    }
    if (!wanted.isEmpty()) {
      throw new UserError(
          "expected images of the ids %s in %s, found none; choose others"
              .formatted(wanted, folder));
    }
    return new DetectionDataset(
        Counts.of(ids.size(), "image") + " of " + folder.getFileName(),
        folder,
        used(new CocoDataset(images, last.categories(), annotations)));
  }

  private static String below(Path folder, Path file) {
    return file.startsWith(folder) ? folder.relativize(file).toString() : file.toString();
  }

  /** With another id, as both parts may number from 1. */
  private static Annotation numbered(Annotation one, long id) {
    return new Annotation(
        id,
        one.imageId(),
        one.categoryId(),
        one.bbox(),
        one.area(),
        one.crowd(),
        one.segmentation());
  }

  /** Without the categories that none of the images has. */
  private static CocoDataset used(CocoDataset dataset) {
    Set<Long> found = new HashSet<>();
    dataset.annotations().forEach(one -> found.add(one.categoryId()));
    return new CocoDataset(
        dataset.images(),
        dataset.categories().stream().filter(category -> found.contains(category.id())).toList(),
        dataset.annotations());
  }

  /** Identity of the trained and evaluated images, for records. */
  Map<String, String> identity() {
    Map<String, String> identity = new LinkedHashMap<>();
    identity.put("train", text(train));
    identity.put("train_sha256", hash(train));
    identity.put("val", text(val));
    identity.put("val_sha256", hash(val));
    identity.put(
        CATEGORIES,
        train.categories().categories().stream()
            .map(one -> one.id() + "=" + one.name())
            .collect(joining(", ")));
    return identity;
  }

  /**
   * An identity with a record's names of files and folders where nothing else differs, since data
   * may move.
   */
  static Map<String, String> withNamesOf(Map<String, String> recorded, Map<String, String> now) {
    Map<String, String> named = new LinkedHashMap<>(now);
    named.replaceAll(
        (part, text) -> {
          String before = recorded.getOrDefault(part, text);
          return contents(before).equals(contents(text)) ? before : text;
        });
    return named;
  }

  private static String contents(String text) {
    return text.substring(text.indexOf(": ") + 1);
  }

  /** Hash of what the images and their objects are, but for outlines. */
  private static String hash(DetectionDataset data) {
    MessageDigest digest = sha256();
    for (CocoImage image : data.annotations().images()) {
      digest.update(
          List.of(image.id(), image.fileName(), image.width(), image.height())
              .toString()
              .getBytes(UTF_8));
    }
    for (Annotation one : data.annotations().annotations()) {
      digest.update(
          List.of(one.id(), one.imageId(), one.categoryId(), one.bbox(), one.area(), one.crowd())
              .toString()
              .getBytes(UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String text(DetectionDataset data) {
    return "%s: %s, %s, %s"
        .formatted(
            data.name(),
            Counts.of(data.size(), "image"),
            Counts.of(data.annotations().annotations().size(), "annotation"),
            Counts.of(data.categories().size(), "category", "categories"));
  }
}
