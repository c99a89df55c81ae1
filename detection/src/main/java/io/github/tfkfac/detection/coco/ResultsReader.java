package io.github.tfkfac.detection.coco;

import static io.github.tfkfac.detection.coco.Problem.Kind.BAD_RUN_LENGTHS;
import static io.github.tfkfac.detection.coco.Problem.Kind.MISSING_FIELD;
import static io.github.tfkfac.detection.coco.Problem.Kind.UNKNOWN_CATEGORY;
import static io.github.tfkfac.detection.coco.Problem.Kind.UNKNOWN_IMAGE;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads COCO's results files, entry by entry.
 *
 * <p>If the first entry has a box, all must; a detection's area is then the box's, and a mask may
 * come with it. Otherwise all must have a mask, which gives box and area (cocodataset/cocoapi,
 * {@code loadRes}).
 */
public final class ResultsReader {
  private final Map<Long, CocoImage> images;
  private final Set<Long> categoryIds;
  private final Set<Long> unusableImages;
  private final List<Problem> problems = new ArrayList<>();
  private final List<Detection> detections = new ArrayList<>();
  private boolean boxes;

  private ResultsReader(CocoDataset dataset, Set<Long> unusableImages) {
    this.images = dataset.imagesById();
    this.categoryIds = new HashSet<>(dataset.categoriesById().keySet());
    this.unusableImages = unusableImages;
  }

  /**
   * Results without problems, in the order of the file.
   *
   * @param dataset that the detector was run on
   * @throws CocoFormatException naming every problem otherwise, such as an image that is not in the
   *     data set
   */
  public static List<Detection> read(Path file, CocoDataset dataset) throws IOException {
    ResultsReading reading = readLeniently(file, dataset);
    if (!reading.problems().isEmpty()) {
      throw new CocoFormatException(file, reading.problems());
    }
    return reading.detections();
  }

  /**
   * What can be used of a file, and the problems of the rest.
   *
   * @throws CocoFormatException if the JSON is broken; with the problems found before that
   */
  public static ResultsReading readLeniently(Path file, CocoDataset dataset) throws IOException {
    return new ResultsReader(dataset, Set.of()).reading(file);
  }

  /** The same; images whose entry in the data set cannot be used are not called unknown. */
  public static ResultsReading readLeniently(Path file, DatasetReading dataset) throws IOException {
    return new ResultsReader(dataset.dataset(), dataset.unusableImages()).reading(file);
  }

  private ResultsReading reading(Path file) throws IOException {
    new JsonEntries(file, problems)
        .ofList(
            (node, index) -> {
              JsonEntry entry = new JsonEntry("result", "results", node, index);
              if (index == 0) {
                boxes = entry.has("bbox");
              }
              @Nullable Detection detection = detection(entry);
              if (detection != null) {
                detections.add(detection);
              }
              problems.addAll(entry.problems());
            });
    return new ResultsReading(detections, problems, boxes);
  }

  private @Nullable Detection detection(JsonEntry entry) {
    OptionalLong imageId = entry.id("image_id");
    OptionalLong categoryId = entry.id("category_id");
    double score = entry.number("score");
    CocoBox box = boxes ? entry.box("bbox") : new CocoBox(0, 0, 0, 0);
    imageId.stream().forEach(id -> requireImage(entry, id));
    categoryId.stream().forEach(id -> requireCategory(entry, id));
    @Nullable CocoImage image = imageId.isPresent() ? images.get(imageId.getAsLong()) : null;
    Optional<RunLengths> mask = mask(entry, image);
    if (!boxes && mask.isEmpty()) {
      return null;
    }
    if (!entry.usable() || image == null) {
      return null;
    }
    long category = categoryId.orElseThrow();
    return boxes
        ? new Detection(image.id(), category, box, box.area(), score, mask)
        : Detection.ofMask(image.id(), category, score, mask.orElseThrow());
  }

  private void requireImage(JsonEntry entry, long id) {
    if (!images.containsKey(id) && !unusableImages.contains(id)) {
      entry.reject(
          UNKNOWN_IMAGE,
          "is of image " + id + ", which is not in the data set; do the files belong together?");
    }
  }

  private void requireCategory(JsonEntry entry, long id) {
    if (!categoryIds.contains(id)) {
      entry.reject(
          UNKNOWN_CATEGORY,
          "is of category "
              + id
              + ", which is not in the data set; results hold category ids, not class indices");
    }
  }

  /** Empty if there is none or it cannot be read; without boxes that makes the entry unusable. */
  private Optional<RunLengths> mask(JsonEntry entry, @Nullable CocoImage image) {
    if (!entry.has("segmentation")) {
      if (!boxes) {
        entry.reject(
            MISSING_FIELD,
            entry.has("bbox")
                ? "'segmentation' is missing, expected as the first result has no 'bbox'"
                : "'bbox' or 'segmentation' is missing");
      }
      return Optional.empty();
    }
    Optional<Segmentation> segmentation = SegmentationJson.read(entry, entry.value("segmentation"));
    if (segmentation.isEmpty() || image == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(segmentation.get().mask(image.height(), image.width()));
    } catch (IllegalArgumentException bad) {
      entry.report(BAD_RUN_LENGTHS, String.valueOf(bad.getMessage()));
      return Optional.empty();
    }
  }
}
