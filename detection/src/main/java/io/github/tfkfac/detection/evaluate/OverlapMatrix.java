package io.github.tfkfac.detection.evaluate;

import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.CocoBox;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.coco.RunLengths;
import io.github.tfkfac.detection.coco.Segmentation;
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
    List<RunLengths> found = detections.stream().map(one -> one.mask().orElseThrow()).toList();
    List<CocoBox> boxes = found.stream().map(RunLengths::tightBox).toList();
    for (int g = 0; g < image.truths().size(); g++) {
      Annotation annotation = image.truths().get(g);
      RunLengths truth = pixels(annotation.segmentation().orElseThrow(), image);
      CocoBox truthBox = truth.tightBox();
      for (int d = 0; d < values.length; d++) {
        RunLengths mask = found.get(d);
        if (mask.covers(truth.height(), truth.width())
            && boxes.get(d).intersectionOverUnion(truthBox) > 0) {
          values[d][g] =
              annotation.crowd()
                  ? mask.intersectionOverSelf(truth)
                  : mask.intersectionOverUnion(truth);
        }
      }
    }
    return values;
  }

  /** A mask of its own size, or the outline's pixels in the image. */
  private static RunLengths pixels(Segmentation segmentation, ImageObjects image) {
    return segmentation instanceof Segmentation.Mask stored
        ? stored.mask()
        : segmentation.mask(image.height(), image.width());
  }
}
