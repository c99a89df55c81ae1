package io.github.tfkfac.detection.evaluate;

import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.Detection;
import java.util.ArrayList;
import java.util.List;

/**
 * Ground truth and detections of one category in one image.
 *
 * @param width of the image
 * @param height of the image
 * @param truths in the order of the file
 * @param detections in the order of the file
 */
record ImageObjects(int width, int height, List<Annotation> truths, List<Detection> detections) {

  ImageObjects(int width, int height) {
    this(width, height, new ArrayList<>(), new ArrayList<>());
  }
}
