package io.github.tfkfac.detection.coco;

import static io.github.tfkfac.detection.coco.Problem.Kind.BAD_FILE;
import static io.github.tfkfac.detection.coco.Problem.Kind.DUPLICATE_ID;
import static io.github.tfkfac.detection.coco.Problem.Kind.NO_OUTLINE;
import static io.github.tfkfac.detection.coco.Problem.Kind.REPEATED_ENTRY;
import static io.github.tfkfac.detection.coco.Problem.Kind.TOLERATED;
import static java.util.stream.Collectors.toSet;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.tfkfac.detection.coco.AnnotationLinks.Listed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Reads COCO's instances files, entry by entry. */
public final class InstancesReader {
  static final String NO_SEGMENTATION = "has no 'segmentation', expected an outline or a mask";

  private static final String WHERE = "annotation";

  private final DatasetUse use;
  private final List<Problem> problems = new ArrayList<>();
  private final Map<Object, CocoImage> images = new LinkedHashMap<>();
  private final Map<Object, CocoCategory> categories = new LinkedHashMap<>();
  private final List<AnnotationEntry> annotations = new ArrayList<>();
  private final Set<Object> imageIds = new HashSet<>();
  private final Set<Object> categoryIds = new HashSet<>();
  private final Set<Object> annotationIds = new HashSet<>();

  /** Faults of images' sizes, which matter in an evaluation of masks if an object is in them. */
  private final Map<Object, List<Problem>> sizeFaults = new HashMap<>();

  /** Faults of images' sizes that a later entry replaces. */
  private final List<Problem> replaced = new ArrayList<>();

  private InstancesReader(DatasetUse use) {
    this.use = use;
  }

  /**
   * A file without errors, outlines included, for training on boxes; {@link DatasetReading#require}
   * is for a certain use.
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
   * Reads what training on boxes can use of a file, and the problems of the rest.
   *
   * @throws CocoFormatException if the JSON is broken; with the problems found before that
   */
  public static DatasetReading readLeniently(Path file) throws IOException {
    return readLeniently(file, DatasetUse.BOXES);
  }

  /**
   * Reads what a use can have of a file, and the problems of the rest.
   *
   * @throws CocoFormatException if the JSON is broken; with the problems found before that
   */
  public static DatasetReading readLeniently(Path file, DatasetUse use) throws IOException {
    return new InstancesReader(use).reading(file);
  }

  /**
   * The categories of a file alone.
   *
   * @throws CocoFormatException if the JSON is broken or a category cannot be used
   */
  public static List<CocoCategory> categories(Path file) throws IOException {
    InstancesReader reader = new InstancesReader(DatasetUse.BOXES);
    new JsonEntries(file, reader.problems, reader.use)
        .ofLists(
            Map.of(
                "categories",
                (node, index) ->
                    reader.take("category", "categories", node, index, reader::category)));
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
    InstancesReader reader = new InstancesReader(DatasetUse.BOXES);
    new JsonEntries(file, reader.problems, reader.use)
        .ofLists(
            Map.of(
                "images",
                (node, index) ->
                    () -> {
                      if (reader.images.isEmpty()) {
                        reader.image(reader.entry("image", "images", node, index));
                      }
                    }));
    return reader.images.values().stream().findFirst();
  }

  static String where(long annotationId) {
    return WHERE + " " + annotationId;
  }

  private DatasetReading reading(Path file) throws IOException {
    new JsonEntries(file, problems, use)
        .ofLists(
            Map.of(
                "images",
                (node, index) -> take("image", "images", node, index, this::image),
                "categories",
                (node, index) -> take("category", "categories", node, index, this::category),
                "annotations",
                (node, index) -> annotation(entry(WHERE, "annotations", node, index))));
    Listed<CocoImage> ofImages = listed("images", imageIds, images);
    Listed<CocoCategory> ofCategories = listed("categories", categoryIds, categories);
    AnnotationLinks links = new AnnotationLinks(use, ofImages, ofCategories, problems);
    links.tolerate(replaced);
    if (!sizeFaults.isEmpty()) {
      sizeFaults.keySet().removeAll(links.annotatedImages(annotations));
      sizeFaults.values().forEach(links::tolerate);
    }
    CocoDataset dataset =
        new CocoDataset(
            images.entrySet().stream()
                .map(one -> one.getValue().withId(number(ofImages, one.getKey())))
                .toList(),
            categories.entrySet().stream()
                .map(
                    one ->
                        new CocoCategory(number(ofCategories, one.getKey()), one.getValue().name()))
                .toList(),
            links.joined(annotations));
    Set<Object> unusable = new HashSet<>(imageIds);
    unusable.removeAll(images.keySet());
    return new DatasetReading(
        dataset,
        problems,
        use,
        numbers(ofCategories, annotations.stream().flatMap(one -> one.category().stream())),
        new ListedIds(
            ofImages.numbers(),
            ofCategories.numbers(),
            numbers(ofImages, unusable.stream()),
            numbers(ofImages, sizeFaults.keySet().stream())));
  }

  private <E> Listed<E> listed(String list, Set<Object> ids, Map<Object, E> usable) {
    if (!EntryIds.ordered(ids)) {
      problems.add(
          new Problem(
              BAD_FILE, "", "the ids of '" + list + "' are of different types, expected numbers"));
    }
    return new Listed<>(ids, usable, EntryIds.of(ids));
  }

  private static long number(Listed<?> listed, Object id) {
    return listed.numbers().number(id).orElseThrow();
  }

  private static Set<Long> numbers(Listed<?> listed, Stream<Object> ids) {
    return ids.flatMap(id -> listed.numbers().number(id).stream().boxed()).collect(toSet());
  }

  private JsonEntry entry(String kind, String list, JsonNode node, int index) {
    return new JsonEntry(kind, list, node, index, use);
  }

  private Runnable take(
      String kind, String list, JsonNode node, int index, Consumer<JsonEntry> step) {
    JsonEntry entry = entry(kind, list, node, index);
    return () -> {
      step.accept(entry);
      problems.addAll(entry.problems());
    };
  }

  private void image(JsonEntry entry) {
    Optional<Object> id = entry.id("id");
    String name = entry.text("file_name");
    int before = entry.problems().size();
    OptionalInt width = entry.pixels("width");
    OptionalInt height = entry.pixels("height");
    if (id.isEmpty()) {
      return;
    }
    CocoImage image =
        new CocoImage(
            own(id.get()), name, width.orElse(1), height.orElse(1), entry.optionalInt("license"));
    List<Problem> faults = List.copyOf(entry.problems().subList(before, entry.problems().size()));
    if (!imageIds.add(id.get())) {
      repeated(entry, image.equals(images.get(id.get())));
    }
    list(entry, images, id.get(), image);
    if (use == DatasetUse.MASK_EVALUATION) {
      replaced.addAll(sizeFaults.getOrDefault(id.get(), List.of()));
      sizeFaults.remove(id.get());
      if (width.isEmpty() || height.isEmpty()) {
        sizeFaults.put(id.get(), faults);
      }
    }
  }

  private void category(JsonEntry entry) {
    Optional<Object> id = entry.id("id");
    String name = entry.text("name");
    if (id.isEmpty()) {
      return;
    }
    CocoCategory category =
        new CocoCategory(
            own(id.get()),
            use.evaluation() && name.isEmpty() ? "category " + EntryIds.text(id.get()) : name);
    if (!categoryIds.add(id.get())) {
      repeated(entry, category.equals(categories.get(id.get())));
    }
    list(entry, categories, id.get(), category);
  }

  /** The number that an id is; of others the number comes when all ids are known. */
  private static long own(Object id) {
    return id instanceof Long number ? number : 0;
  }

  /** The same entry again says nothing new; another one contradicts the first. */
  private void repeated(JsonEntry entry, boolean same) {
    if (same && entry.usable()) {
      entry.report(REPEATED_ENTRY, "is listed again with the same values");
    } else {
      duplicate(entry);
    }
  }

  private void duplicate(JsonEntry entry) {
    if (use.evaluation()) {
      entry.report(TOLERATED, "another one before has the same id; the last counts");
    } else {
      entry.reject(DUPLICATE_ID, "another one before has the same id");
    }
  }

  /** Of entries with one id an evaluation takes the last; otherwise there may be one only. */
  private <E> void list(JsonEntry entry, Map<Object, E> entries, Object id, E value) {
    if (entry.usable() && use.evaluation()) {
      entries.put(id, value);
    } else if (entry.usable()) {
      entries.putIfAbsent(id, value);
    }
  }

  private Runnable annotation(JsonEntry entry) {
    Optional<Object> id = entry.id("id");
    Optional<Object> image = entry.id("image_id");
    Optional<Object> category = entry.id("category_id");
    CocoBox box = entry.box("bbox");
    boolean ignored = use.evaluation() && entry.truth("iscrowd");
    double area = ignored ? entry.unneededNumber("area") : entry.number("area");
    boolean crowd = entry.flag("iscrowd");
    Optional<Segmentation> segmentation = segmentation(entry);
    // An object that is ignored without being a crowd is in no range of areas.
    double counted = ignored && !crowd ? Double.POSITIVE_INFINITY : area;
    return () -> {
      if (id.isPresent() && !annotationIds.add(id.get())) {
        duplicate(entry);
      }
      Annotation annotation =
          entry.usable()
              ? new Annotation(
                  EntryIds.ofAnnotation(id.orElseThrow()), 0, 0, box, counted, crowd, segmentation)
              : null;
      annotations.add(
          new AnnotationEntry(entry.where(), id, image, category, annotation, entry.problems()));
      problems.addAll(entry.problems());
    };
  }

  private Optional<Segmentation> segmentation(JsonEntry entry) {
    if (entry.has("segmentation")) {
      return SegmentationJson.read(entry, entry.value("segmentation"));
    }
    if (use.masks()) {
      entry.report(NO_OUTLINE, NO_SEGMENTATION);
    }
    return Optional.empty();
  }
}
