package io.github.tfkfac.detection.coco;

import static io.github.tfkfac.detection.coco.Problem.Kind.BAD_RUN_LENGTHS;
import static io.github.tfkfac.detection.coco.Problem.Kind.UNKNOWN_CATEGORY;
import static io.github.tfkfac.detection.coco.Problem.Kind.UNKNOWN_IMAGE;

import io.github.tfkfac.detection.coco.JsonEntry.Unusable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads COCO's results files, entry by entry.
 *
 * <p>If the first entry has a box, all must; a detection's area is then the box's, and a mask may
 * come with it. Otherwise all must have a mask, which gives box and area (cocodataset/cocoapi,
 * {@code loadRes}).
 */
public final class ResultsReader {
  private final Map<Long, CocoImage> images;
  private final Map<Long, CocoCategory> categories;
  private final ProblemLog log;
  private final List<Detection> detections = new ArrayList<>();
  private boolean boxes;

  private ResultsReader(CocoDataset dataset, ProblemLog log) {
    this.images = dataset.imagesById();
    this.categories = dataset.categoriesById();
    this.log = log;
  }

  /**
   * Results without problems, in the order of the file.
   *
   * @param dataset that the detector was run on
   * @throws CocoFormatException naming the first problem otherwise, such as an image that is not in
   *     the data set
   */
  public static List<Detection> read(Path file, CocoDataset dataset) throws IOException {
    return new ResultsReader(dataset, ProblemLog.failing(file)).detections(file);
  }

  /**
   * What can be used of a file, and the problems of the rest.
   *
   * @throws CocoFormatException if the JSON is broken
   */
  public static ResultsReading readLeniently(Path file, CocoDataset dataset) throws IOException {
    List<Problem> problems = new ArrayList<>();
    ResultsReader reader = new ResultsReader(dataset, ProblemLog.collecting(problems));
    return new ResultsReading(reader.detections(file), problems);
  }

  private List<Detection> detections(Path file) throws IOException {
    JsonEntries.ofList(
        file,
        (node, index) -> {
          JsonEntry entry = new JsonEntry("result", "results", node, index);
          if (index == 0) {
            boxes = entry.has("bbox");
          }
          try {
            detections.add(detection(entry));
          } catch (Unusable unusable) {
            log.report(unusable.problem());
          }
        });
    return List.copyOf(detections);
  }

  private Detection detection(JsonEntry entry) throws Unusable {
    long imageId = entry.id("image_id");
    long categoryId = entry.id("category_id");
    CocoImage image = images.get(imageId);
    if (image == null) {
      throw entry.unusable(
          UNKNOWN_IMAGE,
          "is of image "
              + imageId
              + ", which is not in the data set; do the files belong together?");
    }
    if (!categories.containsKey(categoryId)) {
      throw entry.unusable(
          UNKNOWN_CATEGORY,
          "is of category "
              + categoryId
              + ", which is not in the data set; results hold category ids, not class indices");
    }
    double score = entry.number("score");
    if (!boxes) {
      return Detection.ofMask(imageId, categoryId, score, mask(entry, image));
    }
    CocoBox box = entry.box("bbox");
    Optional<RunLengths> mask =
        entry.has("segmentation") ? Optional.of(mask(entry, image)) : Optional.empty();
    return new Detection(imageId, categoryId, box, box.area(), score, mask);
  }

  private static RunLengths mask(JsonEntry entry, CocoImage image) throws Unusable {
    Segmentation segmentation = SegmentationJson.read(entry, entry.value("segmentation"));
    try {
      return segmentation.mask(image.height(), image.width());
    } catch (IllegalArgumentException bad) {
      throw entry.unusable(BAD_RUN_LENGTHS, String.valueOf(bad.getMessage()));
    }
  }
}
