package io.github.tfkfac.detection.coco;

import static io.github.tfkfac.detection.coco.Problem.Kind.BAD_RUN_LENGTHS;
import static io.github.tfkfac.detection.coco.Problem.Kind.DUPLICATE_ID;
import static io.github.tfkfac.detection.coco.Problem.Kind.UNKNOWN_CATEGORY;
import static io.github.tfkfac.detection.coco.Problem.Kind.UNKNOWN_IMAGE;

import io.github.tfkfac.detection.coco.JsonEntry.Unusable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads COCO's instances files, entry by entry. */
public final class InstancesReader {
  private final ProblemLog log;
  private final Map<Long, CocoImage> images = new LinkedHashMap<>();
  private final Map<Long, CocoCategory> categories = new LinkedHashMap<>();
  private final List<Annotation> annotations = new ArrayList<>();
  private final Set<Long> annotationIds = new HashSet<>();

  private InstancesReader(ProblemLog log) {
    this.log = log;
  }

  /**
   * A file without problems.
   *
   * @throws CocoFormatException naming the first problem otherwise
   */
  public static CocoDataset read(Path file) throws IOException {
    return new InstancesReader(ProblemLog.failing(file)).dataset(file);
  }

  /**
   * What can be used of a file, and the problems of the rest.
   *
   * @throws CocoFormatException if the JSON is broken or a list is missing
   */
  public static DatasetReading readLeniently(Path file) throws IOException {
    List<Problem> problems = new ArrayList<>();
    CocoDataset dataset = new InstancesReader(ProblemLog.collecting(problems)).dataset(file);
    return new DatasetReading(dataset, problems);
  }

  private CocoDataset dataset(Path file) throws IOException {
    JsonEntries.ofLists(
        file,
        Map.of(
            "images",
                (node, index) ->
                    attempt(new JsonEntry("image", "images", node, index), this::image),
            "categories",
                (node, index) ->
                    attempt(new JsonEntry("category", "categories", node, index), this::category),
            "annotations",
                (node, index) ->
                    attempt(
                        new JsonEntry("annotation", "annotations", node, index),
                        this::annotation)));
    List<Annotation> usable = new ArrayList<>(annotations.size());
    for (Annotation annotation : annotations) {
      Optional<Problem> problem = misfit(annotation);
      if (problem.isPresent()) {
        log.report(problem.get());
      } else {
        usable.add(annotation);
      }
    }
    return new CocoDataset(List.copyOf(images.values()), List.copyOf(categories.values()), usable);
  }

  private interface Step {
    void take(JsonEntry entry) throws Unusable;
  }

  private void attempt(JsonEntry entry, Step step) throws IOException {
    try {
      step.take(entry);
    } catch (Unusable unusable) {
      log.report(unusable.problem());
    }
  }

  private void image(JsonEntry entry) throws Unusable {
    CocoImage image =
        new CocoImage(
            entry.id("id"),
            entry.text("file_name"),
            entry.pixels("width"),
            entry.pixels("height"),
            entry.optionalInt("license"));
    if (images.putIfAbsent(image.id(), image) != null) {
      throw duplicate(entry);
    }
  }

  private void category(JsonEntry entry) throws Unusable {
    CocoCategory category = new CocoCategory(entry.id("id"), entry.text("name"));
    if (categories.putIfAbsent(category.id(), category) != null) {
      throw duplicate(entry);
    }
  }

  private void annotation(JsonEntry entry) throws Unusable {
    Optional<Segmentation> segmentation =
        entry.has("segmentation")
            ? Optional.of(SegmentationJson.read(entry, entry.value("segmentation")))
            : Optional.empty();
    Annotation annotation =
        new Annotation(
            entry.id("id"),
            entry.id("image_id"),
            entry.id("category_id"),
            entry.box("bbox"),
            entry.number("area"),
            entry.flag("iscrowd"),
            segmentation);
    if (!annotationIds.add(annotation.id())) {
      throw duplicate(entry);
    }
    annotations.add(annotation);
  }

  private static Unusable duplicate(JsonEntry entry) {
    return entry.unusable(DUPLICATE_ID, "another one before has the same id");
  }

  /** What does not fit the images and categories, which may follow the annotations in the file. */
  private Optional<Problem> misfit(Annotation annotation) {
    String where = "annotation " + annotation.id();
    CocoImage image = images.get(annotation.imageId());
    if (image == null) {
      return Optional.of(
          new Problem(
              UNKNOWN_IMAGE,
              where,
              "is of image " + annotation.imageId() + ", which is not among the images"));
    }
    if (!categories.containsKey(annotation.categoryId())) {
      return Optional.of(
          new Problem(
              UNKNOWN_CATEGORY,
              where,
              "is of category " + annotation.categoryId() + ", which is not among the categories"));
    }
    if (annotation.segmentation().orElse(null) instanceof Segmentation.Mask mask
        && (mask.mask().height() != image.height() || mask.mask().width() != image.width())) {
      return Optional.of(
          new Problem(
              BAD_RUN_LENGTHS,
              where,
              "mask of "
                  + mask.mask().width()
                  + "x"
                  + mask.mask().height()
                  + " pixels in an image of "
                  + image.width()
                  + "x"
                  + image.height()));
    }
    return Optional.empty();
  }
}
