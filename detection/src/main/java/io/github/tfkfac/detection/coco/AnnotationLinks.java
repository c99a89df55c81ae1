package io.github.tfkfac.detection.coco;

import static io.github.tfkfac.detection.coco.Problem.Kind.BAD_RUN_LENGTHS;
import static io.github.tfkfac.detection.coco.Problem.Kind.UNKNOWN_CATEGORY;
import static io.github.tfkfac.detection.coco.Problem.Kind.UNKNOWN_IMAGE;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Joins annotations with their images and categories.
 *
 * <p>In an evaluation an id that several annotations have stands for the last of them wherever it
 * is listed, and what is wrong with annotations that are left out does not matter (cocodataset/
 * cocoapi, {@code createIndex}, {@code getAnnIds}, {@code loadAnns}).
 */
final class AnnotationLinks {
  private final DatasetUse use;
  private final Listed<CocoImage> images;
  private final Listed<CocoCategory> categories;
  private final List<Problem> problems;

  /** Problems that turned out not to matter. */
  private final Set<Problem> harmless = Collections.newSetFromMap(new IdentityHashMap<>());

  /**
   * Entries of a kind.
   *
   * @param ids of all entries
   * @param usable those that can be used, by id
   * @param numbers of the ids
   */
  record Listed<E>(Set<Object> ids, Map<Object, E> usable, EntryIds numbers) {

    private boolean knows(Optional<Object> id) {
      return id.filter(ids::contains).isPresent();
    }

    private @Nullable E entry(Optional<Object> id) {
      return id.map(usable::get).orElse(null);
    }

    private long number(Optional<Object> id) {
      return numbers.number(id.orElseThrow()).orElseThrow();
    }
  }

  /**
   * Of a file.
   *
   * @param problems to which what does not fit is added
   */
  AnnotationLinks(
      DatasetUse use,
      Listed<CocoImage> images,
      Listed<CocoCategory> categories,
      List<Problem> problems) {
    this.use = use;
    this.images = images;
    this.categories = categories;
    this.problems = problems;
  }

  /** The annotations that can be used; notes images and categories that are not listed. */
  List<Annotation> joined(List<AnnotationEntry> entries) {
    entries.forEach(this::requireListed);
    List<Annotation> usable = new ArrayList<>(entries.size());
    if (use.evaluation()) {
      evaluated(entries).forEach(one -> joined(one).ifPresent(usable::add));
      problems.replaceAll(one -> harmless.contains(one) ? one.tolerated() : one);
    } else {
      entries.forEach(one -> joined(one).ifPresent(usable::add));
    }
    return usable;
  }

  /** Declares problems harmless before the annotations are joined. */
  void tolerate(List<Problem> some) {
    harmless.addAll(some);
  }

  private void requireListed(AnnotationEntry entry) {
    if (entry.image().isPresent() && !images.knows(entry.image())) {
      String id = EntryIds.text(entry.image().get());
      report(UNKNOWN_IMAGE, entry, "is of image " + id + ", which is not among the images");
    }
    if (entry.category().isPresent() && !categories.knows(entry.category())) {
      String id = EntryIds.text(entry.category().get());
      report(
          UNKNOWN_CATEGORY, entry, "is of category " + id + ", which is not among the categories");
    }
  }

  private void report(Problem.Kind kind, AnnotationEntry entry, String text) {
    problems.add(new Problem(kind, entry.where(), text));
  }

  private boolean filed(AnnotationEntry entry) {
    return images.knows(entry.image()) && categories.knows(entry.category());
  }

  /** The entries that count, as often as they do, in the reference's order. */
  private List<AnnotationEntry> evaluated(List<AnnotationEntry> entries) {
    Map<Object, AnnotationEntry> last = new HashMap<>();
    entries.forEach(one -> one.id().ifPresent(id -> last.put(id, one)));
    List<AnnotationEntry> listed = new ArrayList<>(entries.stream().filter(this::filed).toList());
    if (last.size() < entries.size()) {
      listed.sort(Comparator.comparingLong(one -> images.number(one.image())));
    }
    List<AnnotationEntry> evaluated =
        listed.stream()
            .map(one -> one.id().map(last::get).orElse(one))
            .filter(this::filed)
            .toList();
    Set<AnnotationEntry> used = Collections.newSetFromMap(new IdentityHashMap<>());
    used.addAll(evaluated);
    entries.stream()
        .filter(one -> one.identified() && !used.contains(one))
        .forEach(one -> harmless.addAll(one.problems()));
    return evaluated;
  }

  private Optional<Annotation> joined(AnnotationEntry entry) {
    Annotation annotation = entry.annotation();
    @Nullable CocoImage image = images.entry(entry.image());
    if (annotation == null || image == null || categories.entry(entry.category()) == null) {
      return Optional.empty();
    }
    Annotation numbered =
        new Annotation(
            annotation.id(),
            images.number(entry.image()),
            categories.number(entry.category()),
            annotation.bbox(),
            annotation.area(),
            annotation.crowd(),
            annotation.segmentation());
    return Optional.of(fitted(entry, numbered, image));
  }

  private Annotation fitted(AnnotationEntry entry, Annotation annotation, CocoImage image) {
    if (annotation.segmentation().orElse(null) instanceof Segmentation.Mask mask
        && !mask.mask().covers(image.height(), image.width())) {
      Problem fault =
          new Problem(
              BAD_RUN_LENGTHS,
              entry.where(),
              "mask of %dx%d pixels in an image of %dx%d"
                  .formatted(
                      mask.mask().width(), mask.mask().height(), image.width(), image.height()));
      boolean kept = use == DatasetUse.MASK_EVALUATION;
      problems.add(kept ? fault.tolerated() : fault);
      return kept ? annotation : annotation.withoutSegmentation();
    }
    return annotation;
  }

  /** Ids of the images in which an annotation counts. */
  Set<Object> annotatedImages(List<AnnotationEntry> entries) {
    return evaluated(entries).stream()
        .flatMap(one -> one.image().stream())
        .collect(Collectors.toSet());
  }
}
