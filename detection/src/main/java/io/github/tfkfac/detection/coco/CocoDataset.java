package io.github.tfkfac.detection.coco;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Images, categories and annotations, in the order of the file.
 *
 * @param images unique ids
 * @param categories unique ids
 * @param annotations each of an image and a category of the set; unique ids, except that an
 *     evaluation counts one as often as it is listed
 */
public record CocoDataset(
    List<CocoImage> images, List<CocoCategory> categories, List<Annotation> annotations) {

  public CocoDataset {
    images = List.copyOf(images);
    categories = List.copyOf(categories);
    annotations = List.copyOf(annotations);
    Set<Long> imageIds = uniqueIds("image", images, CocoImage::id);
    Set<Long> categoryIds = uniqueIds("category", categories, CocoCategory::id);
    for (Annotation one : annotations) {
      require("image", imageIds, one, one.imageId());
      require("category", categoryIds, one, one.categoryId());
    }
  }

  private static <E> Set<Long> uniqueIds(String kind, List<E> elements, ToLongFunction<E> id) {
    Set<Long> ids = new HashSet<>(2 * elements.size());
    for (E element : elements) {
      if (!ids.add(id.applyAsLong(element))) {
        throw new IllegalArgumentException(
            "id " + id.applyAsLong(element) + " belongs to two entries of kind " + kind);
      }
    }
    return ids;
  }

  private static void require(String kind, Set<Long> known, Annotation annotation, long id) {
    if (!known.contains(id)) {
      throw new IllegalArgumentException(
          "annotation " + annotation.id() + " is of " + kind + " " + id + ", which is not listed");
    }
  }

  /** Images by id. */
  public Map<Long, CocoImage> imagesById() {
    return images.stream().collect(toUnmodifiableMap(CocoImage::id, Function.identity()));
  }

  /** Categories by id. */
  public Map<Long, CocoCategory> categoriesById() {
    return categories.stream().collect(toUnmodifiableMap(CocoCategory::id, Function.identity()));
  }

  /** Annotations by image, in the order of the file; only images that have any. */
  public Map<Long, List<Annotation>> annotationsByImage() {
    return annotations.stream()
        .collect(groupingBy(Annotation::imageId, LinkedHashMap::new, toList()));
  }
}
