package io.github.tfkfac.detection.coco;

import static io.github.tfkfac.detection.coco.Problem.Kind.BAD_RUN_LENGTHS;
import static io.github.tfkfac.detection.coco.Problem.Kind.DUPLICATE_ID;
import static io.github.tfkfac.detection.coco.Problem.Kind.REPEATED_ENTRY;
import static io.github.tfkfac.detection.coco.Problem.Kind.UNKNOWN_CATEGORY;
import static io.github.tfkfac.detection.coco.Problem.Kind.UNKNOWN_IMAGE;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads COCO's instances files, entry by entry. */
public final class InstancesReader {
  private static final String WHERE = "annotation";

  private final List<Problem> problems = new ArrayList<>();
  private final Map<Long, CocoImage> images = new LinkedHashMap<>();
  private final Map<Long, CocoCategory> categories = new LinkedHashMap<>();
  private final List<Reference> references = new ArrayList<>();
  private final Set<Long> imageIds = new HashSet<>();
  private final Set<Long> categoryIds = new HashSet<>();
  private final Set<Long> annotationIds = new HashSet<>();

  private InstancesReader() {}

  /**
   * An annotation's image and category, which may follow in the file.
   *
   * @param annotation null if it cannot be used
   */
  private record Reference(
      String where,
      OptionalLong imageId,
      OptionalLong categoryId,
      @Nullable Annotation annotation) {}

  /**
   * A file without errors, outlines included; {@link DatasetReading#require} is for a certain use.
   *
   * @throws CocoFormatException naming every problem otherwise
   */
  public static CocoDataset read(Path file) throws IOException {
    DatasetReading reading = readLeniently(file);
    List<Problem> errors =
        reading.problems().stream()
            .filter(one -> one.kind().severity() == Problem.Severity.ERROR)
            .toList();
    if (!errors.isEmpty()) {
      throw new CocoFormatException(file, errors);
    }
    return reading.dataset();
  }

  /**
   * What can be used of a file, and the problems of the rest.
   *
   * @throws CocoFormatException if the JSON is broken; with the problems found before that
   */
  public static DatasetReading readLeniently(Path file) throws IOException {
    return new InstancesReader().reading(file);
  }

  /**
   * The categories of a file alone.
   *
   * @throws CocoFormatException if the JSON is broken or a category cannot be used
   */
  public static List<CocoCategory> categories(Path file) throws IOException {
    InstancesReader reader = new InstancesReader();
    new JsonEntries(file, reader.problems)
        .ofLists(
            Map.of(
                "categories",
                (node, index) ->
                    reader.take(
                        new JsonEntry("category", "categories", node, index), reader::category)));
    List<Problem> errors =
        reader.problems.stream()
            .filter(one -> one.kind().severity() == Problem.Severity.ERROR)
            .toList();
    if (!errors.isEmpty()) {
      throw new CocoFormatException(file, errors);
    }
    return List.copyOf(reader.categories.values());
  }

  /** The first image of a file that can be used; empty if there is none. */
  public static Optional<CocoImage> firstImage(Path file) throws IOException {
    InstancesReader reader = new InstancesReader();
    new JsonEntries(file, reader.problems)
        .ofLists(
            Map.of(
                "images",
                (node, index) -> {
                  if (reader.images.isEmpty()) {
                    reader.image(new JsonEntry("image", "images", node, index));
                  }
                }));
    return reader.images.values().stream().findFirst();
  }

  static String where(long annotationId) {
    return WHERE + " " + annotationId;
  }

  private DatasetReading reading(Path file) throws IOException {
    new JsonEntries(file, problems)
        .ofLists(
            Map.of(
                "images",
                (node, index) -> take(new JsonEntry("image", "images", node, index), this::image),
                "categories",
                (node, index) ->
                    take(new JsonEntry("category", "categories", node, index), this::category),
                "annotations",
                (node, index) ->
                    take(new JsonEntry(WHERE, "annotations", node, index), this::annotation)));
    List<Annotation> usable = new ArrayList<>(references.size());
    Set<Long> used = new HashSet<>();
    for (Reference reference : references) {
      reference.categoryId().ifPresent(used::add);
      resolve(reference).ifPresent(usable::add);
    }
    Set<Long> unusable = new HashSet<>(imageIds);
    unusable.removeAll(images.keySet());
    return new DatasetReading(
        new CocoDataset(List.copyOf(images.values()), List.copyOf(categories.values()), usable),
        problems,
        used,
        unusable);
  }

  private void take(JsonEntry entry, Consumer<JsonEntry> step) {
    step.accept(entry);
    problems.addAll(entry.problems());
  }

  private void image(JsonEntry entry) {
    OptionalLong id = entry.id("id");
    String name = entry.text("file_name");
    int width = entry.pixels("width");
    int height = entry.pixels("height");
    if (id.isEmpty()) {
      return;
    }
    boolean first = imageIds.add(id.getAsLong());
    CocoImage image =
        new CocoImage(id.getAsLong(), name, width, height, entry.optionalInt("license"));
    if (!first) {
      repeated(entry, image.equals(images.get(image.id())));
    }
    if (entry.usable()) {
      images.putIfAbsent(image.id(), image);
    }
  }

  private void category(JsonEntry entry) {
    OptionalLong id = entry.id("id");
    String name = entry.text("name");
    if (id.isEmpty()) {
      return;
    }
    boolean first = categoryIds.add(id.getAsLong());
    CocoCategory category = new CocoCategory(id.getAsLong(), name);
    if (!first) {
      repeated(entry, category.equals(categories.get(category.id())));
    }
    if (entry.usable()) {
      categories.putIfAbsent(category.id(), category);
    }
  }

  /** The same entry again says nothing new; another one contradicts the first. */
  private static void repeated(JsonEntry entry, boolean same) {
    if (same && entry.usable()) {
      entry.report(REPEATED_ENTRY, "is listed again with the same values");
    } else {
      entry.reject(DUPLICATE_ID, "another one before has the same id");
    }
  }

  private void annotation(JsonEntry entry) {
    OptionalLong id = entry.id("id");
    OptionalLong imageId = entry.id("image_id");
    OptionalLong categoryId = entry.id("category_id");
    CocoBox box = entry.box("bbox");
    double area = entry.number("area");
    boolean crowd = entry.flag("iscrowd");
    Optional<Segmentation> segmentation =
        entry.has("segmentation")
            ? SegmentationJson.read(entry, entry.value("segmentation"))
            : Optional.empty();
    if (id.isPresent() && !annotationIds.add(id.getAsLong())) {
      entry.reject(DUPLICATE_ID, "another one before has the same id");
    }
    Annotation annotation =
        entry.usable()
            ? new Annotation(
                id.orElseThrow(),
                imageId.orElseThrow(),
                categoryId.orElseThrow(),
                box,
                area,
                crowd,
                segmentation)
            : null;
    references.add(new Reference(entry.where(), imageId, categoryId, annotation));
  }

  /** The annotation, if its image and category are usable; notes what does not fit them. */
  private Optional<Annotation> resolve(Reference reference) {
    for (long id : reference.imageId().stream().toArray()) {
      if (!imageIds.contains(id)) {
        report(UNKNOWN_IMAGE, reference, "is of image " + id + ", which is not among the images");
      }
    }
    for (long id : reference.categoryId().stream().toArray()) {
      if (!categoryIds.contains(id)) {
        report(
            UNKNOWN_CATEGORY,
            reference,
            "is of category " + id + ", which is not among the categories");
      }
    }
    Annotation annotation = reference.annotation();
    if (annotation == null || !categories.containsKey(annotation.categoryId())) {
      return Optional.empty();
    }
    return Optional.ofNullable(images.get(annotation.imageId()))
        .map(image -> fitted(annotation, image));
  }

  private Annotation fitted(Annotation annotation, CocoImage image) {
    if (annotation.segmentation().orElse(null) instanceof Segmentation.Mask mask
        && (mask.mask().height() != image.height() || mask.mask().width() != image.width())) {
      problems.add(
          new Problem(
              BAD_RUN_LENGTHS,
              where(annotation.id()),
              "mask of %dx%d pixels in an image of %dx%d"
                  .formatted(
                      mask.mask().width(), mask.mask().height(), image.width(), image.height())));
      return annotation.withoutSegmentation();
    }
    return annotation;
  }

  private void report(Problem.Kind kind, Reference reference, String text) {
    problems.add(new Problem(kind, reference.where(), text));
  }
}
