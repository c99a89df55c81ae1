package io.github.tfkfac.detection.evaluate;

import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.CocoCategory;
import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.evaluate.EvaluationOptions.Categories;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * COCO's evaluation of detected boxes and masks.
 *
 * <p>Numerics: the precisions are those of the reference, pycocotools, to the last bit; their means
 * differ by rounding. Categories are evaluated in parallel; the result does not depend on the
 * number of threads. Source: T.-Y. Lin et al., Microsoft COCO (ECCV 2014); cocodataset/cocoapi.
 */
public final class CocoEvaluator {
  private static final CocoCategory POOL = new CocoCategory(-1, "all");

  private final Map<Long, CocoImage> images;
  private final EvaluationOptions options;
  private final Map<CocoCategory, Map<Long, ImageObjects>> objects =
      new TreeMap<>(Comparator.comparingLong(CocoCategory::id));

  /** The same by the category's id; pooled categories share theirs. */
  private final Map<Long, Map<Long, ImageObjects>> objectsById = new HashMap<>();

  private CocoEvaluator(CocoDataset dataset, EvaluationOptions options) {
    this.images = dataset.imagesById();
    this.options = options;
    boolean pooled = options.categories() == Categories.POOLED;
    if (pooled) {
      objects.put(POOL, new HashMap<>());
    }
    for (CocoCategory category : dataset.categories()) {
      objectsById.put(
          category.id(), objects.computeIfAbsent(pooled ? POOL : category, one -> new HashMap<>()));
    }
  }

  /**
   * Compares detections with a data set's annotations; masks of different sizes do not overlap.
   *
   * @param detections of images and categories of the data set; equal scores keep this order
   * @throws IllegalArgumentException if a detection's image or category is not in the data set, or
   *     masks are to be evaluated and one is missing
   */
  public static Evaluation evaluate(
      CocoDataset dataset, List<Detection> detections, EvaluationOptions options) {
    CocoEvaluator evaluator = new CocoEvaluator(dataset, options);
    evaluator.group(dataset.annotations(), detections);
    return new Evaluation(
        options,
        evaluator.objects.entrySet().parallelStream()
            .map(entry -> evaluator.category(entry.getKey(), byImage(entry.getValue())))
            .toList());
  }

  /** Sorts by category and image; pooled categories keep their order within an image. */
  private void group(List<Annotation> annotations, List<Detection> detections) {
    boolean pooled = options.categories() == Categories.POOLED;
    Stream<Annotation> truths = annotations.stream();
    Stream<Detection> found = detections.stream();
    if (pooled) {
      truths = truths.sorted(Comparator.comparingLong(Annotation::categoryId));
      found = found.sorted(Comparator.comparingLong(Detection::categoryId));
    }
    boolean masks = options.overlap() == Overlap.MASK;
    truths.forEach(
        one -> {
          ImageObjects image = place(one.categoryId(), one.imageId());
          image.truths().add(masks ? withMask(one) : one);
        });
    found.forEach(
        one -> {
          ImageObjects image = place(one.categoryId(), one.imageId());
          image.detections().add(masks ? withMask(one) : one);
        });
  }

  /** The annotation, which has an outline or a mask. */
  private static Annotation withMask(Annotation annotation) {
    require(annotation.segmentation(), "annotation " + annotation.id() + " has no segmentation");
    return annotation;
  }

  /** The detection, which has a mask. */
  private static Detection withMask(Detection detection) {
    require(detection.mask(), "a detection in image " + detection.imageId() + " has no mask");
    return detection;
  }

  private static void require(Optional<?> shape, String missing) {
    if (shape.isEmpty()) {
      throw new IllegalArgumentException(missing + "; evaluate boxes instead");
    }
  }

  private ImageObjects place(long categoryId, long imageId) {
    Map<Long, ImageObjects> perImage = objectsById.get(categoryId);
    if (perImage == null) {
      throw new IllegalArgumentException(
          "a detection is of category " + categoryId + ", which is not in the data set");
    }
    return perImage.computeIfAbsent(imageId, this::withoutObjects);
  }

  private ImageObjects withoutObjects(long imageId) {
    CocoImage image = images.get(imageId);
    if (image == null) {
      throw new IllegalArgumentException(
          "a detection is of image " + imageId + ", which is not in the data set");
    }
    return new ImageObjects(image.width(), image.height());
  }

  /** In ascending order of the images' ids. */
  private static List<ImageObjects> byImage(Map<Long, ImageObjects> perImage) {
    return perImage.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(Map.Entry::getValue)
        .toList();
  }

  private CategoryEvaluation category(CocoCategory category, List<ImageObjects> perImage) {
    CategoryMatching matching = new CategoryMatching(perImage, options);
    Map<AreaRange, List<Optional<PrecisionRecall>>> curves = new EnumMap<>(AreaRange.class);
    for (AreaRange range : AreaRange.values()) {
      List<Optional<PrecisionRecall>> perLimit = new ArrayList<>();
      for (int limit : options.limits()) {
        perLimit.add(matching.curve(range, limit));
      }
      curves.put(range, perLimit);
    }
    return new CategoryEvaluation(category, curves);
  }
}
