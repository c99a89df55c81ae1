package io.github.tfkfac.detection.evaluate;

import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.CocoBox;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.coco.RunLengths;
import java.util.List;

/**
 * Overlap of every detection with every object of an image and category.
 *
 * <p>Intersection over union; if the object is a crowd, intersection over the detection.
 *
 * <p>Shapes: detections by objects. Source: cocodataset/cocoapi, maskApi, bbIou and rleIou.
 */
final class OverlapMatrix {

  private OverlapMatrix() {}

  static double[][] of(Overlap overlap, List<Detection> detections, ImageObjects image) {
    return switch (overlap) {
      case BOX -> boxes(detections, image.truths());
      case MASK -> masks(detections, image);
    };
  }

  private static double[][] boxes(List<Detection> detections, List<Annotation> truths) {
    double[][] values = new double[detections.size()][truths.size()];
    for (int d = 0; d < values.length; d++) {
      CocoBox box = detections.get(d).bbox();
      for (int g = 0; g < truths.size(); g++) {
        CocoBox truth = truths.get(g).bbox();
        values[d][g] =
            truths.get(g).crowd()
                ? box.intersectionOverSelf(truth)
                : box.intersectionOverUnion(truth);
      }
    }
    return values;
  }

  private static double[][] masks(List<Detection> detections, ImageObjects image) {
    double[][] values = new double[detections.size()][image.truths().size()];
    if (detections.isEmpty()) {
      return values;
    }
    List<RunLengths> found = detections.stream().map(one -> mask(one, image)).toList();
    List<CocoBox> boxes = found.stream().map(RunLengths::tightBox).toList();
    for (int g = 0; g < image.truths().size(); g++) {
      Annotation annotation = image.truths().get(g);
      RunLengths truth = mask(annotation, image);
      CocoBox truthBox = truth.tightBox();
      for (int d = 0; d < values.length; d++) {
        if (boxes.get(d).intersectionOverUnion(truthBox) > 0) {
          RunLengths mask = found.get(d);
          values[d][g] =
              annotation.crowd()
                  ? mask.intersectionOverSelf(truth)
                  : mask.intersectionOverUnion(truth);
        }
      }
    }
    return values;
  }

  private static RunLengths mask(Annotation truth, ImageObjects image) {
    try {
      return truth
          .segmentation()
          .orElseThrow(
              () -> new IllegalArgumentException("no segmentation; evaluate boxes instead"))
          .mask(image.height(), image.width());
    } catch (IllegalArgumentException bad) {
      throw new IllegalArgumentException("annotation " + truth.id() + ": " + bad.getMessage(), bad);
    }
  }

  private static RunLengths mask(Detection detection, ImageObjects image) {
    RunLengths mask =
        detection
            .mask()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "a detection in image "
                            + detection.imageId()
                            + " has no mask; evaluate boxes instead"));
    if (mask.height() != image.height() || mask.width() != image.width()) {
      throw new IllegalArgumentException(
          "a detection's mask has "
              + mask.width()
              + "x"
              + mask.height()
              + " pixels, image "
              + detection.imageId()
              + " has "
              + image.width()
              + "x"
              + image.height());
    }
    return mask;
  }
}
