package io.github.tfkfac.detection.coco;

import static io.github.tfkfac.detection.coco.Problem.Kind.AREA_MISMATCH;
import static io.github.tfkfac.detection.coco.Problem.Kind.BOX_OUTSIDE;
import static io.github.tfkfac.detection.coco.Problem.Kind.CATEGORY_MISMATCH;
import static io.github.tfkfac.detection.coco.Problem.Kind.EMPTY_BOX;
import static io.github.tfkfac.detection.coco.Problem.Kind.EMPTY_CATEGORY;
import static io.github.tfkfac.detection.coco.Problem.Kind.ID_ZERO;
import static io.github.tfkfac.detection.coco.Problem.Kind.MISSING_FILE;
import static io.github.tfkfac.detection.coco.Problem.Kind.UNREADABLE_FILE;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import io.github.tfkfac.detection.box.Box;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Looks for what is wrong with a data set whose file could be read. */
public final class DatasetCheck {
  private static final double PIXEL = 1;
  private static final double AREA_PART = 0.25;
  private static final double AREA_PIXELS = 64;

  private final CocoDataset dataset;
  private final List<Problem> problems = new ArrayList<>();

  private DatasetCheck(CocoDataset dataset) {
    this.dataset = dataset;
  }

  /** Problems of categories and annotations; looks at no image file. */
  public static List<Problem> annotations(CocoDataset dataset) {
    return annotations(
        dataset, dataset.annotations().stream().map(Annotation::categoryId).collect(toSet()));
  }

  /** The same; annotations that cannot be used count as objects of their category. */
  public static List<Problem> annotations(DatasetReading reading) {
    return annotations(reading.dataset(), reading.usedCategories());
  }

  private static List<Problem> annotations(CocoDataset dataset, Set<Long> usedCategories) {
    DatasetCheck check = new DatasetCheck(dataset);
    check.categories(usedCategories);
    Map<Long, CocoImage> images = dataset.imagesById();
    for (Annotation one : dataset.annotations()) {
      CocoImage image = images.get(one.imageId());
      if (image != null) {
        check.annotation(one, image);
      }
    }
    return List.copyOf(check.problems);
  }

  /**
   * Categories in which two parts of a data set differ.
   *
   * @param first name of the first part, for the texts
   * @param second name of the second part
   */
  public static List<Problem> categories(
      String first, List<CocoCategory> ofFirst, String second, List<CocoCategory> ofSecond) {
    Map<Long, String> names = names(ofFirst);
    Map<Long, String> others = names(ofSecond);
    Set<Long> ids = new TreeSet<>(names.keySet());
    ids.addAll(others.keySet());
    return ids.stream()
        .filter(id -> !Objects.equals(names.get(id), others.get(id)))
        .map(
            id ->
                new Problem(
                    CATEGORY_MISMATCH,
                    "category " + id,
                    named(names.get(id), first) + ", " + named(others.get(id), second)))
        .toList();
  }

  private static Map<Long, String> names(List<CocoCategory> categories) {
    return categories.stream().collect(toMap(CocoCategory::id, CocoCategory::name));
  }

  private static String named(@Nullable String name, String part) {
    return name == null ? "missing in " + part : "'" + name + "' in " + part;
  }

  /** Problems of the image files in a folder. */
  public static List<Problem> images(CocoDataset dataset, Path folder, ImageProbe probe) {
    DatasetCheck check = new DatasetCheck(dataset);
    ImageFiles files = new ImageFiles(folder, dataset.images());
    for (CocoImage image : dataset.images()) {
      check.image(image, files.of(image), probe);
    }
    return List.copyOf(check.problems);
  }

  private void image(CocoImage image, Path file, ImageProbe probe) {
    if (!Files.isRegularFile(file)) {
      report(MISSING_FILE, "image " + image.id(), "there is no file " + file);
      return;
    }
    Optional<String> fault = probe.fault(file, image);
    fault.ifPresent(
        text -> report(UNREADABLE_FILE, "image " + image.id(), "file " + file + ": " + text));
  }

  private void categories(Set<Long> used) {
    for (CocoCategory category : dataset.categories()) {
      if (!used.contains(category.id())) {
        report(
            EMPTY_CATEGORY,
            "category " + category.id(),
            "'" + category.name() + "' has no annotation");
      }
    }
  }

  private void annotation(Annotation one, CocoImage image) {
    String where = "annotation " + one.id();
    if (one.id() == 0) {
      report(
          ID_ZERO, where, "has id 0, which COCO's own tools take for 'not found'; number from 1");
    }
    CocoBox box = one.bbox();
    if (!(box.width() > 0 && box.height() > 0)) {
      report(EMPTY_BOX, where, "box of " + size(box) + " pixels");
      return;
    }
    Box edges = one.box();
    if (edges.x1() < -PIXEL
        || edges.y1() < -PIXEL
        || edges.x2() > image.width() + PIXEL
        || edges.y2() > image.height() + PIXEL) {
      report(
          BOX_OUTSIDE,
          where,
          String.format(
              Locale.ROOT,
              "box from (%.1f, %.1f) to (%.1f, %.1f) leaves image %d of %dx%d pixels",
              edges.x1(),
              edges.y1(),
              edges.x2(),
              edges.y2(),
              image.id(),
              image.width(),
              image.height()));
    }
    if (!one.crowd()) {
      area(one, image, where);
    }
  }

  /** An area is compared with the mask's pixels or, if there is no mask, with the box. */
  private void area(Annotation one, CocoImage image, String where) {
    double area = one.area();
    Optional<Segmentation> segmentation = one.segmentation();
    if (segmentation.isPresent()) {
      int pixels = segmentation.get().mask(image.height(), image.width()).area();
      if (Math.abs(area - pixels) > Math.max(AREA_PIXELS, AREA_PART * Math.max(area, pixels))) {
        report(AREA_MISMATCH, where, stated(area) + ", the segmentation has " + pixels);
      }
    } else if (area <= 0 || area > (1 + AREA_PART) * one.bbox().area() + AREA_PIXELS) {
      report(AREA_MISMATCH, where, stated(area) + ", the box is of " + size(one.bbox()));
    }
  }

  private static String stated(double area) {
    return String.format(Locale.ROOT, "states an area of %.1f pixels", area);
  }

  private static String size(CocoBox box) {
    return String.format(Locale.ROOT, "%.1fx%.1f", box.width(), box.height());
  }

  private void report(Problem.Kind kind, String where, String text) {
    problems.add(new Problem(kind, where, text));
  }
}
