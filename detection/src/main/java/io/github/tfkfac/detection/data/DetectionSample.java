package io.github.tfkfac.detection.data;

import io.github.tfkfac.detection.box.Box;
import java.util.List;

/**
 * An image, ready for a detector, and its objects.
 *
 * @param source where it comes from
 * @param pixels scaled values of the resized image, HWC
 * @param boxes of the objects, in pixels of the resized image and inside it
 * @param labels class numbers of the objects, 0 to K - 1
 * @param masks of the objects, in the size of the resized image; empty if not asked for
 */
@SuppressWarnings("ArrayRecordComponent")
public record DetectionSample(
    PreparedImage source,
    float[] pixels,
    List<Box> boxes,
    List<Integer> labels,
    List<Bitmap> masks) {

  public DetectionSample {
    boxes = List.copyOf(boxes);
    labels = List.copyOf(labels);
    masks = List.copyOf(masks);
    if (labels.size() != boxes.size() || (!masks.isEmpty() && masks.size() != boxes.size())) {
      throw new IllegalArgumentException(
          "expected a label and a mask, or no mask at all, for each of the "
              + boxes.size()
              + " boxes of image id "
              + source.image().id()
              + ", found "
              + labels.size()
              + " labels and "
              + masks.size()
              + " masks");
    }
  }
}
