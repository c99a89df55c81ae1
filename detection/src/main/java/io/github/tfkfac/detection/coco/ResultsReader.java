package io.github.tfkfac.detection.coco;

import static io.github.tfkfac.detection.coco.Problem.Kind.BAD_RUN_LENGTHS;
import static io.github.tfkfac.detection.coco.Problem.Kind.MISSING_FIELD;
import static io.github.tfkfac.detection.coco.Problem.Kind.TOLERATED;
import static io.github.tfkfac.detection.coco.Problem.Kind.UNKNOWN_CATEGORY;
import static io.github.tfkfac.detection.coco.Problem.Kind.UNKNOWN_IMAGE;
import static io.github.tfkfac.detection.coco.Problem.Kind.WRONG_VALUE;

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
  private static final String RESULT = "result";
  private static final String RESULTS = "results";
  private static final String SEGMENTATION = "segmentation";

  private final Map<Long, CocoImage> images;
  private final Set<Long> categoryIds;
  private final ListedIds ids;
  private final DatasetUse use;
  private final List<Problem> problems = new ArrayList<>();
  private final List<Detection> detections = new ArrayList<>();
  private boolean boxes;

  private ResultsReader(CocoDataset dataset, ListedIds ids, DatasetUse use) {
    this.images = dataset.imagesById();
    this.categoryIds = new HashSet<>(dataset.categoriesById().keySet());
    this.ids = ids;
    this.use = use;
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
   * Reads what can be used of a file, and the problems of the rest.
   *
   * @throws CocoFormatException if the JSON is broken; with the problems found before that
   */
  public static ResultsReading readLeniently(Path file, CocoDataset dataset) throws IOException {
    return new ResultsReader(dataset, ListedIds.WHOLE, DatasetUse.BOXES).reading(file);
  }

  /**
   * The same for the use for which the data set was read; images whose entry in it cannot be used
   * are not called unknown.
   */
  public static ResultsReading readLeniently(Path file, DatasetReading dataset) throws IOException {
    return new ResultsReader(dataset.dataset(), dataset.ids(), dataset.use()).reading(file);
  }

  /**
   * Whether the first result has a readable mask.
   *
   * @throws CocoFormatException if the file does not begin with a list or the JSON is broken there
   */
  public static boolean startsWithMask(Path file) throws IOException {
    return new JsonEntries(file, new ArrayList<>(), DatasetUse.BOXES)
        .firstOfList()
        .map(node -> new JsonEntry(RESULT, RESULTS, node, 0, DatasetUse.BOXES))
        .filter(entry -> entry.has(SEGMENTATION))
        .flatMap(entry -> SegmentationJson.read(entry, entry.value(SEGMENTATION)))
        .isPresent();
  }

  private ResultsReading reading(Path file) throws IOException {
    JsonEntries entries = new JsonEntries(file, problems, use);
    boxes =
        entries
            .firstOfList()
            .map(node -> new JsonEntry(RESULT, RESULTS, node, 0, use).has("bbox"))
            .orElse(false);
    entries.ofList(
        (node, index) -> {
          JsonEntry entry = new JsonEntry(RESULT, RESULTS, node, index, use);
          @Nullable Detection detection = detection(entry);
          return () -> {
            if (detection != null) {
              detections.add(detection);
            }
            problems.addAll(entry.problems());
          };
        });
    return new ResultsReading(detections, problems, boxes);
  }

  private @Nullable Detection detection(JsonEntry entry) {
    Optional<Object> imageId = entry.id("image_id");
    Optional<Object> categoryId = entry.id("category_id");
    OptionalLong image = number(imageId, ids.images());
    OptionalLong category = number(categoryId, ids.categories());
    boolean known = category.isPresent() && categoryIds.contains(category.getAsLong());
    boolean leftOut = use.evaluation() && !known;
    double score = leftOut ? entry.unneededNumber("score") : entry.number("score");
    CocoBox box =
        boxes ? entry.resultBox("bbox", entry.has(SEGMENTATION)) : new CocoBox(0, 0, 0, 0);
    imageId.ifPresent(id -> requireImage(entry, id, image, leftOut));
    if (categoryId.isPresent() && !known) {
      entry.reject(
          UNKNOWN_CATEGORY,
          "is of category "
              + EntryIds.text(categoryId.get())
              + ", which is not in the data set; results hold category ids, not class indices");
    }
    @Nullable CocoImage of = image.isPresent() ? images.get(image.getAsLong()) : null;
    Optional<RunLengths> mask = mask(entry, of);
    if (!boxes && mask.isEmpty()) {
      return null;
    }
    if (boxes && mask.isEmpty() && !leftOut) {
      requireOutline(entry, box);
    }
    if (!entry.usable() || of == null) {
      return null;
    }
    return boxes
        ? new Detection(of.id(), category.orElseThrow(), box, box.area(), score, mask)
        : Detection.ofMask(of.id(), category.orElseThrow(), score, mask.orElseThrow());
  }

  private static OptionalLong number(Optional<Object> id, EntryIds numbers) {
    return id.isPresent() ? numbers.number(id.get()) : OptionalLong.empty();
  }

  private void requireImage(JsonEntry entry, Object id, OptionalLong image, boolean leftOut) {
    boolean known = image.isPresent() && images.containsKey(image.getAsLong());
    if (!known && image.stream().noneMatch(ids.unusableImages()::contains)) {
      entry.reject(
          UNKNOWN_IMAGE,
          "is of image "
              + EntryIds.text(id)
              + ", which is not in the data set; do the files belong together?");
    } else if (!leftOut && ids.unsizedImages().contains(image.getAsLong())) {
      entry.reject(
          WRONG_VALUE,
          "is of image "
              + EntryIds.text(id)
              + ", for which the data set states no size in pixels; masks need it");
    }
  }

  /** Without a mask the box stands for one in an evaluation of masks. */
  private void requireOutline(JsonEntry entry, CocoBox box) {
    boolean finite =
        Double.isFinite(box.x())
            && Double.isFinite(box.y())
            && Double.isFinite(box.width())
            && Double.isFinite(box.height());
    if (use == DatasetUse.MASK_EVALUATION && !finite) {
      entry.reject(WRONG_VALUE, "has no mask, and the pixels of its box cannot be told");
    }
  }

  /** Empty if there is none or it cannot be read; without boxes that makes the entry unusable. */
  private Optional<RunLengths> mask(JsonEntry entry, @Nullable CocoImage image) {
    if (!entry.has(SEGMENTATION)) {
      if (!boxes) {
        entry.reject(
            MISSING_FIELD,
            entry.has("bbox")
                ? "'segmentation' is missing, expected as the first result has no 'bbox'"
                : "'bbox' or 'segmentation' is missing");
      }
      return Optional.empty();
    }
    Optional<Segmentation> segmentation = SegmentationJson.read(entry, entry.value(SEGMENTATION));
    if (segmentation.isEmpty() || image == null) {
      return Optional.empty();
    }
    if (use == DatasetUse.MASK_EVALUATION
        && segmentation.get() instanceof Segmentation.Mask stored
        && !stored.mask().covers(image.height(), image.width())) {
      entry.report(
          TOLERATED,
          "mask of %dx%d pixels in an image of %dx%d"
              .formatted(
                  stored.mask().width(), stored.mask().height(), image.width(), image.height()));
      return Optional.of(stored.mask());
    }
    try {
      return Optional.of(segmentation.get().mask(image.height(), image.width()));
    } catch (IllegalArgumentException bad) {
      entry.report(BAD_RUN_LENGTHS, String.valueOf(bad.getMessage()));
      return Optional.empty();
    }
  }
}
