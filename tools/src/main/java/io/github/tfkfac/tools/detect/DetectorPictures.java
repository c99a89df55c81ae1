package io.github.tfkfac.tools.detect;

import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.coco.ImageFiles;
import io.github.tfkfac.detection.data.DetectionDataset;
import io.github.tfkfac.detection.data.UnreadableImages;
import io.github.tfkfac.detection.draw.DetectionPainter;
import io.github.tfkfac.detection.draw.Marking;
import io.github.tfkfac.models.data.DataException;
import io.github.tfkfac.models.data.RgbImage;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Draws detections, beside the annotations where there are some.
 *
 * @param data the images, with their annotations
 * @param leastScore detections below are not drawn
 * @param unreadable what happens at an image that cannot be read
 */
record DetectorPictures(DetectionDataset data, double leastScore, UnreadableImages unreadable) {

  /** Writes a picture per image and returns the files. */
  List<Path> write(List<Detection> detections, Path out) {
    DetectionPainter painter = new DetectionPainter();
    CocoDataset annotations = data.annotations();
    Map<Long, List<Annotation>> truths = annotations.annotationsByImage();
    Set<Path> files = new LinkedHashSet<>();
    for (int number = 0; number < data.size(); number++) {
      CocoImage image = data.image(number);
      Optional<RgbImage> read = picture(number);
      if (read.isEmpty()) {
        continue;
      }
      RgbImage picture = read.get();
      List<Marking> found =
          Marking.detected(
              detections.stream().filter(one -> one.imageId() == image.id()).toList(),
              data.categories(),
              leastScore);
      List<Annotation> truth = truths.getOrDefault(image.id(), List.of());
      BufferedImage drawn =
          truth.isEmpty()
              ? painter.paint(picture, found)
              : painter.sideBySide(
                  picture, Marking.annotated(truth, image, data.categories()), found);
      Path target = free(out, stem(image.fileName()), files);
      DetectionPainter.writePng(drawn, target);
      files.add(target);
    }
    return List.copyOf(files);
  }

  private Optional<RgbImage> picture(int number) {
    try {
      return Optional.of(data.picture(number));
    } catch (DataException e) {
      if (unreadable instanceof UnreadableImages.Fail) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** Images of different folders may have the same name. */
  private static Path free(Path out, String stem, Set<Path> taken) {
    Path file = out.resolve(stem + ".png");
    for (int number = 2; taken.contains(file); number++) {
      file = out.resolve(stem + "-" + number + ".png");
    }
    return file;
  }

  private static String stem(String fileName) {
    return ImageFiles.lastName(fileName).replaceFirst("\\.[^.]*$", "");
  }
}
