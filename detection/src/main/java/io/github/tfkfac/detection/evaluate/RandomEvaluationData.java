package io.github.tfkfac.detection.evaluate;

import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.CocoCategory;
import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.coco.RunLengths;
import io.github.tfkfac.detection.coco.Segmentation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Random ellipses as objects, and detections of most of them among many false ones, for
 * measurements of the evaluation. Sizes are spread evenly on a logarithmic scale; low categories
 * are more frequent.
 *
 * @param images number of images, of 640 x 480 pixels
 * @param objectsPerImage on average
 * @param detectionsPerImage exactly
 * @param categories number of categories
 * @param seed equal seeds give equal data
 */
public record RandomEvaluationData(
    int images, double objectsPerImage, int detectionsPerImage, int categories, long seed) {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 480;
  private static final int CORNERS = 20;
  private static final double LEAST_RADIUS = 4;
  private static final double MOST_RADIUS = 150;
  private static final double FOUND = 0.85;
  private static final double CROWD = 0.012;
  private static final double SHIFT = 0.15;

  public RandomEvaluationData {
    if (images < 1 || categories < 1 || objectsPerImage < 0 || detectionsPerImage < 0) {
      throw new IllegalArgumentException(
          "expected at least one image and category, found " + images + " and " + categories);
    }
  }

  /** Of the size of COCO's val2017: 5,000 images, 36,000 objects, 100 detections in each image. */
  public static RandomEvaluationData ofCocoSize() {
    return new RandomEvaluationData(5000, 7.2, 100, 80, 0);
  }

  /** The images and their objects. */
  public CocoDataset dataset() {
    List<Annotation> annotations = new ArrayList<>();
    for (int image = 1; image <= images; image++) {
      for (Ellipse object : objects(image)) {
        annotations.add(object.annotation(annotations.size() + 1, image));
      }
    }
    return new CocoDataset(
        IntStream.rangeClosed(1, images)
            .mapToObj(id -> new CocoImage(id, id + ".jpg", WIDTH, HEIGHT, OptionalInt.empty()))
            .toList(),
        LongStream.rangeClosed(1, categories)
            .mapToObj(id -> new CocoCategory(id, "category " + id))
            .toList(),
        annotations);
  }

  /** Detections that a detector could have made, with boxes and masks. */
  public List<Detection> detections() {
    return IntStream.rangeClosed(1, images)
        .parallel()
        .boxed()
        .flatMap(image -> found(image).stream())
        .toList();
  }

  private List<Ellipse> objects(int image) {
    SplittableRandom random = random(image, 0);
    int count = (int) (objectsPerImage * 2 * random.nextDouble() + 0.5);
    return IntStream.range(0, count).mapToObj(index -> ellipse(random)).toList();
  }

  private List<Detection> found(int image) {
    SplittableRandom random = random(image, 1);
    List<Ellipse> objects = objects(image);
    List<Detection> found = new ArrayList<>();
    for (int index = 0; index < detectionsPerImage; index++) {
      boolean real = index < objects.size() && random.nextDouble() < FOUND;
      Ellipse shape = real ? objects.get(index).shifted(random) : ellipse(random);
      double score = random.nextDouble() * (real ? 1 : 0.5);
      found.add(Detection.ofMask(image, shape.category, score, shape.mask()));
    }
    return found;
  }

  private SplittableRandom random(int image, int stream) {
    return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + 2L * image + stream).split();
  }

  private Ellipse ellipse(SplittableRandom random) {
    return new Ellipse(
        1 + (int) (categories * Math.pow(random.nextDouble(), 2)),
        random.nextDouble() * WIDTH,
        random.nextDouble() * HEIGHT,
        radius(random),
        radius(random),
        random.nextDouble() < CROWD);
  }

  private static double radius(SplittableRandom random) {
    return LEAST_RADIUS * Math.pow(MOST_RADIUS / LEAST_RADIUS, random.nextDouble());
  }

  private record Ellipse(
      int category, double x, double y, double radiusX, double radiusY, boolean crowd) {

    Ellipse shifted(SplittableRandom random) {
      return new Ellipse(
          category,
          x + radiusX * SHIFT * (2 * random.nextDouble() - 1),
          y + radiusY * SHIFT * (2 * random.nextDouble() - 1),
          radiusX * (1 + SHIFT * (2 * random.nextDouble() - 1)),
          radiusY * (1 + SHIFT * (2 * random.nextDouble() - 1)),
          crowd);
    }

    Segmentation outline() {
      double[] points = new double[2 * CORNERS];
      for (int corner = 0; corner < CORNERS; corner++) {
        double angle = 2 * Math.PI * corner / CORNERS;
        points[2 * corner] = Math.min(Math.max(x + radiusX * Math.cos(angle), 0), WIDTH);
        points[2 * corner + 1] = Math.min(Math.max(y + radiusY * Math.sin(angle), 0), HEIGHT);
      }
      return new Segmentation.Polygons(List.of(points));
    }

    RunLengths mask() {
      return outline().mask(HEIGHT, WIDTH);
    }

    Annotation annotation(long id, int image) {
      RunLengths mask = mask();
      return new Annotation(
          id,
          image,
          category,
          mask.tightBox(),
          mask.area(),
          crowd,
          Optional.of(crowd ? new Segmentation.Mask(mask) : outline()));
    }
  }
}
