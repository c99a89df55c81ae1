package io.github.tfkfac.detection.evaluate;

import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.Detection;
import java.util.Optional;

/** Requires the outlines and masks that the evaluation of masks needs. */
final class MaskRequirement {

  private MaskRequirement() {}

  /** The annotation, which has an outline or a mask. */
  static Annotation met(Annotation annotation) {
    require(annotation.segmentation(), "annotation " + annotation.id() + " has no segmentation");
    return annotation;
  }

  /** The detection, which has a mask. */
  static Detection met(Detection detection) {
    require(detection.mask(), "a detection in image " + detection.imageId() + " has no mask");
    return detection;
  }

  private static void require(Optional<?> shape, String missing) {
    if (shape.isEmpty()) {
      throw new IllegalArgumentException(missing + "; evaluate boxes instead");
    }
  }
}
