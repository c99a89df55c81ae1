package io.github.tfkfac.detection.coco;

import static java.util.stream.Collectors.groupingBy;

import java.util.List;
import java.util.Map;

/**
 * Statistics of a data set.
 *
 * @param images number of images
 * @param emptyImages number of images without an annotation
 * @param annotations number of annotations
 * @param crowds number of annotations that stand for groups
 * @param withSegmentation number of annotations with an outline or mask
 * @param small number of objects of at most 32 x 32 pixels, by the stated area
 * @param medium number of objects between
 * @param large number of objects of more than 96 x 96 pixels
 * @param categories in the order of the file
 * @param objectsPerImage of all images
 * @param aspectRatios heights of boxes divided by widths, boxes without a size left out
 * @param boxSizes square roots of the boxes' areas, in pixels
 * @param imageWidths in pixels
 * @param imageHeights in pixels
 */
public record DatasetStatistics(
    int images,
    int emptyImages,
    int annotations,
    int crowds,
    int withSegmentation,
    int small,
    int medium,
    int large,
    List<CategoryCount> categories,
    Distribution objectsPerImage,
    Distribution aspectRatios,
    Distribution boxSizes,
    Distribution imageWidths,
    Distribution imageHeights) {
  private static final double MOST_OF_SMALL = 32 * 32;
  private static final double MOST_OF_MEDIUM = 96 * 96;

  /**
   * Numbers of occurrences of a category.
   *
   * @param category which
   * @param objects annotations, crowds left out
   * @param crowds annotations that stand for groups
   * @param images images with at least one of either
   */
  public record CategoryCount(CocoCategory category, int objects, int crowds, int images) {}

  public DatasetStatistics {
    categories = List.copyOf(categories);
  }

  /** Of a data set. Small, medium and large count objects; crowds are left out. */
  public static DatasetStatistics of(CocoDataset dataset) {
    List<Annotation> all = dataset.annotations();
    Map<Long, List<Annotation>> byImage = dataset.annotationsByImage();
    Map<Long, List<Annotation>> byCategory =
        all.stream().collect(groupingBy(Annotation::categoryId));
    int small = objectsUpTo(all, MOST_OF_SMALL);
    int upToMedium = objectsUpTo(all, MOST_OF_MEDIUM);
    int crowds = (int) all.stream().filter(Annotation::crowd).count();
    return new DatasetStatistics(
        dataset.images().size(),
        dataset.images().size() - byImage.size(),
        all.size(),
        crowds,
        (int) all.stream().filter(one -> one.segmentation().isPresent()).count(),
        small,
        upToMedium - small,
        all.size() - crowds - upToMedium,
        dataset.categories().stream()
            .map(one -> count(one, byCategory.getOrDefault(one.id(), List.of())))
            .toList(),
        Distribution.of(
            dataset.images().stream()
                .mapToDouble(image -> byImage.getOrDefault(image.id(), List.of()).size())),
        Distribution.of(
            all.stream()
                .map(Annotation::bbox)
                .filter(box -> box.width() > 0 && box.height() > 0)
                .mapToDouble(box -> box.height() / box.width())),
        Distribution.of(all.stream().mapToDouble(one -> Math.sqrt(Math.max(0, one.bbox().area())))),
        Distribution.of(dataset.images().stream().mapToDouble(CocoImage::width)),
        Distribution.of(dataset.images().stream().mapToDouble(CocoImage::height)));
  }

  private static int objectsUpTo(List<Annotation> annotations, double area) {
    return (int) annotations.stream().filter(one -> !one.crowd() && one.area() <= area).count();
  }

  private static CategoryCount count(CocoCategory category, List<Annotation> annotations) {
    int crowds = (int) annotations.stream().filter(Annotation::crowd).count();
    return new CategoryCount(
        category,
        annotations.size() - crowds,
        crowds,
        (int) annotations.stream().mapToLong(Annotation::imageId).distinct().count());
  }
}
