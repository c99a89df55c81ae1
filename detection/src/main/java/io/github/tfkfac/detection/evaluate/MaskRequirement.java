package io.github.tfkfac.detection.evaluate;

import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.coco.RunLengths;
import io.github.tfkfac.detection.coco.Segmentation;

/** What the evaluation of masks needs. */
final class MaskRequirement {

  private MaskRequirement() {}

  /** The annotation, which has an outline or a mask of its image's size. */
  static Annotation met(Annotation annotation, ImageObjects image) {
    String who = "annotation " + annotation.id();
    Segmentation segmentation =
        annotation.segmentation().orElseThrow(() -> missing(who + " has no segmentation"));
    if (segmentation instanceof Segmentation.Mask mask) {
      requireSize(who, mask.mask(), annotation.imageId(), image);
    }
    return annotation;
  }

  /** The detection, which has a mask of its image's size. */
  static Detection met(Detection detection, ImageObjects image) {
    String who = "a detection in image " + detection.imageId();
    RunLengths mask = detection.mask().orElseThrow(() -> missing(who + " has no mask"));
    requireSize(who, mask, detection.imageId(), image);
    return detection;
  }

  private static IllegalArgumentException missing(String text) {
    return new IllegalArgumentException(text + "; evaluate boxes instead");
  }

  private static void requireSize(String who, RunLengths mask, long imageId, ImageObjects image) {
    if (mask.height() != image.height() || mask.width() != image.width()) {
      throw new IllegalArgumentException(
          who
              + " has a mask of "
              + mask.width()
              + "x"
              + mask.height()
              + " pixels, image "
              + imageId
              + " is of "
              + image.width()
              + "x"
              + image.height());
    }
  }
}
