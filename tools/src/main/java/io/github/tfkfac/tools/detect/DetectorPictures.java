package io.github.tfkfac.tools.detect;

import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.data.DetectionDataset;
import io.github.tfkfac.detection.draw.DetectionPainter;
import io.github.tfkfac.detection.draw.Marking;
import io.github.tfkfac.models.data.RgbImage;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Draws detections, beside the annotations where there are some.
 *
 * @param data the images, with their annotations
 * @param leastScore detections below are not drawn
 */
record DetectorPictures(DetectionDataset data, double leastScore) {

  /** Writes a picture per image and returns the files. */
  List<Path> write(List<Detection> detections, Path out) {
    DetectionPainter painter = new DetectionPainter();
    CocoDataset annotations = data.annotations();
    Map<Long, List<Annotation>> truths = annotations.annotationsByImage();
    List<Path> files = new ArrayList<>();
    for (int number = 0; number < data.size(); number++) {
      CocoImage image = data.image(number);
      RgbImage picture = data.picture(number);
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
      Path target = out.resolve(stem(image.fileName()) + ".png");
      DetectionPainter.writePng(drawn, target);
      files.add(target);
    }
    return files;
  }

  private static String stem(String fileName) {
    return String.valueOf(Path.of(fileName).getFileName()).replaceFirst("\\.[^.]*$", "");
  }
}
