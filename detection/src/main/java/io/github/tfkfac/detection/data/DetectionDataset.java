package io.github.tfkfac.detection.data;

import static java.util.stream.Collectors.joining;

import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.coco.ImageFiles;
import io.github.tfkfac.models.data.DataException;
import io.github.tfkfac.models.data.RgbImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Annotated images in a folder, numbered in the order of the annotation file, decoded at every
 * request.
 *
 * <p>An image's objects are its annotations that a detector can learn: no crowds, at least one
 * pixel wide and high, and partly inside the image.
 */
public final class DetectionDataset {

  /** Shortest side of an object in pixels of the file, as in mmdetection. */
  private static final double SMALLEST_OBJECT = 1;

  private static final int MOST_NAMED = 20;

  private final String name;
  private final ImageFiles files;
  private final CocoDataset annotations;
  private final CategoryIndex categories;
  private final List<List<Annotation>> objects = new ArrayList<>();
  private final List<List<Annotation>> crowds = new ArrayList<>();

  /**
   * Annotated images.
   *
   * @param name for messages and reports
   * @param folder where the images' file names start from
   * @param annotations what is in the images
   */
  public DetectionDataset(String name, Path folder, CocoDataset annotations) {
    this.name = Objects.requireNonNull(name, "name");
    this.files = new ImageFiles(Objects.requireNonNull(folder, "folder"), annotations.images());
    this.annotations = annotations;
    if (annotations.categories().isEmpty()) {
      throw new IllegalArgumentException(
          "expected at least one category in "
              + name
              + ", found none; list what is to be detected");
    }
    this.categories = CategoryIndex.of(annotations);
    Map<Long, List<Annotation>> byImage = annotations.annotationsByImage();
    for (CocoImage image : annotations.images()) {
      List<Annotation> all = byImage.getOrDefault(image.id(), List.of());
      crowds.add(all.stream().filter(Annotation::crowd).toList());
      objects.add(all.stream().filter(one -> !one.crowd() && learnable(one.box(), image)).toList());
    }
  }

  private static boolean learnable(Box box, CocoImage image) {
    return box.width() >= SMALLEST_OBJECT
        && box.height() >= SMALLEST_OBJECT
        && box.clipped(image.width(), image.height()).area() > 0;
  }

  /** Name in messages and records. */
  public String name() {
    return name;
  }

  /** Complete contents of the file. */
  public CocoDataset annotations() {
    return annotations;
  }

  /** Class numbers. */
  public CategoryIndex categories() {
    return categories;
  }

  /** Number of images. */
  public int size() {
    return objects.size();
  }

  /** An image's record. */
  public CocoImage image(int number) {
    return annotations.images().get(number);
  }

  /** The image's file, which need not exist. */
  public Path file(int number) {
    return files.of(image(number));
  }

  /** Objects of an image that a detector is trained on, in the order of the file. */
  public List<Annotation> objects(int number) {
    return objects.get(number);
  }

  /** Annotations of an image that stand for groups of objects; no detector learns them. */
  public List<Annotation> crowds(int number) {
    return crowds.get(number);
  }

  /**
   * Checks that every object can be given a mask.
   *
   * @throws IllegalArgumentException naming the annotations without outline or mask
   */
  void requireMasks() {
    List<Annotation> without =
        objects.stream()
            .flatMap(List::stream)
            .filter(object -> object.segmentation().isEmpty())
            .toList();
    if (!without.isEmpty()) {
      String listed =
          without.stream()
              .limit(MOST_NAMED)
              .map(one -> "annotation " + one.id() + " of image id " + one.imageId())
              .collect(joining(", "));
      throw new IllegalArgumentException(
          name
              + ": expected an outline or a mask of every object, found none at "
              + listed
              + (without.size() > MOST_NAMED
                  ? " and " + (without.size() - MOST_NAMED) + " more"
                  : "")
              + "; train without masks or add them");
    }
  }

  /**
   * Decodes an image.
   *
   * @throws DataException naming the file and the image's id if it is missing, damaged, or not of
   *     the size that the annotations state
   */
  public RgbImage picture(int number) {
    CocoImage image = image(number);
    Path file = files.of(image);
    String expected = "the JPEG or PNG image of id " + image.id();
    RgbImage picture = RgbImage.read(file, expected);
    if (picture.shape().height() != image.height() || picture.shape().width() != image.width()) {
      throw DataException.of(
          file,
          expected + " in the annotated size " + new ImageSize(image.height(), image.width()),
          new ImageSize(picture.shape().height(), picture.shape().width()) + RgbImage.turnOf(file),
          "correct the size in the annotation file");
    }
    return picture;
  }
}
