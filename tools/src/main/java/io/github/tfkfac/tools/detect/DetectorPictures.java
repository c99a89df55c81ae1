package io.github.tfkfac.tools.detect;

import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.CocoCategory;
import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.draw.DetectionPainter;
import io.github.tfkfac.detection.draw.Marking;
import io.github.tfkfac.models.data.RgbImage;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Draws detections, beside the annotations where there are some.
 *
 * @param dataset the images, with their annotations
 * @param folder where the images' file names start from
 * @param leastScore detections below are not drawn
 */
record DetectorPictures(CocoDataset dataset, Path folder, double leastScore) {

  /** Writes a picture per image and returns the files. */
  List<Path> write(List<Detection> detections, Path out) {
    DetectionPainter painter = new DetectionPainter();
    Map<Long, CocoCategory> categories = dataset.categoriesById();
    Map<Long, List<Annotation>> truths = dataset.annotationsByImage();
    List<Path> files = new ArrayList<>();
    for (CocoImage image : dataset.images()) {
      Path file = folder.resolve(image.fileName());
      RgbImage picture = RgbImage.read(file, "an image");
      List<Marking> found =
          detections.stream()
              .filter(one -> one.imageId() == image.id() && one.score() >= leastScore)
              .map(one -> marking(one, categories))
              .toList();
      List<Annotation> truth = truths.getOrDefault(image.id(), List.of());
      BufferedImage drawn =
          truth.isEmpty()
              ? painter.paint(picture, found)
              : painter.sideBySide(
                  picture, truth.stream().map(one -> marking(one, image, categories)).toList(), found);
      Path target = out.resolve(stem(file) + ".png");
      DetectionPainter.writePng(drawn, target);
      files.add(target);
    }
    return files;
  }

  private static Marking marking(Detection one, Map<Long, CocoCategory> categories) {
    return new Marking(
        one.box(),
        one.categoryId(),
        String.format(Locale.ROOT, "%s %.2f", name(one.categoryId(), categories), one.score()),
        one.mask());
  }

  private static Marking marking(
      Annotation one, CocoImage image, Map<Long, CocoCategory> categories) {
    return new Marking(
        one.box(),
        one.categoryId(),
        name(one.categoryId(), categories),
        one.segmentation().map(outline -> outline.mask(image.height(), image.width())));
  }

  private static String name(long id, Map<Long, CocoCategory> categories) {
    return Optional.ofNullable(categories.get(id)).map(CocoCategory::name).orElse("category " + id);
  }

  private static String stem(Path file) {
    return String.valueOf(file.getFileName()).replaceFirst("\\.[^.]*$", "");
  }
}
