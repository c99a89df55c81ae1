package io.github.tfkfac.detection.coco;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the annotations, whose image and category may follow in the file.
 *
 * @param where for problems
 * @param id what identifies it, if something can
 * @param image what identifies its image
 * @param category what identifies its category
 * @param annotation null if it cannot be used; without the numbers of image and category
 * @param problems of the entry
 */
record AnnotationEntry(
    String where,
    Optional<Object> id,
    Optional<Object> image,
    Optional<Object> category,
    @Nullable Annotation annotation,
    List<Problem> problems) {

  /** Whether the reference can file it. */
  boolean identified() {
    return id.isPresent() && image.isPresent() && category.isPresent();
  }
}
