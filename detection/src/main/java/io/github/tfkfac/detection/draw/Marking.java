package io.github.tfkfac.detection.draw;

import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.coco.RunLengths;
import io.github.tfkfac.detection.data.CategoryIndex;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Box, label and mask that are drawn for one object.
 *
 * @param box in pixels of the image
 * @param categoryId chooses the color
 * @param text label; none if empty
 * @param mask of the size of the image, if it is to be shown
 */
public record Marking(Box box, long categoryId, String text, Optional<RunLengths> mask) {

  public Marking {
    Objects.requireNonNull(box, "box");
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(mask, "mask");
  }

  /** Annotated objects with the names of their categories; groups are marked as such. */
  public static List<Marking> annotated(
      List<Annotation> annotations, CocoImage image, CategoryIndex categories) {
    return annotations.stream()
        .map(
            one ->
                new Marking(
                    one.box(),
                    one.categoryId(),
                    name(one.categoryId(), categories) + (one.crowd() ? " (group)" : ""),
                    one.segmentation().map(s -> s.mask(image.height(), image.width()))))
        .toList();
  }

  /** Detections of at least this score, the best ones last so that they end on top. */
  public static List<Marking> detected(
      List<Detection> detections, CategoryIndex categories, double leastScore) {
    return detections.stream()
        .filter(one -> one.score() >= leastScore)
        .sorted(Comparator.comparingDouble(Detection::score))
        .map(
            one ->
                new Marking(
                    one.box(),
                    one.categoryId(),
                    String.format(
                        Locale.ROOT, "%s %.2f", name(one.categoryId(), categories), one.score()),
                    one.mask()))
        .toList();
  }

  private static String name(long categoryId, CategoryIndex categories) {
    return categories.category(categories.indexOf(categoryId)).name();
  }
}
