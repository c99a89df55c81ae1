package io.github.tfkfac.detection.train;

import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.coco.RunLengths;
import io.github.tfkfac.detection.data.CategoryIndex;
import io.github.tfkfac.detection.data.ImageSize;
import io.github.tfkfac.detection.data.PreparedImage;
import io.github.tfkfac.detection.predict.DetectionSelector.Found;
import io.github.tfkfac.detection.predict.MaskPaster;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Detections in an image, in descending order of score.
 *
 * @param source the image and how it was prepared
 * @param found boxes in pixels of the network's image
 * @param masks probabilities {@code [m][m]} of each, or none at all
 */
public record ImageDetections(PreparedImage source, List<Found> found, List<float[][]> masks) {

  public ImageDetections {
    found = List.copyOf(found);
    masks = List.copyOf(masks);
    if (!masks.isEmpty() && masks.size() != found.size()) {
      throw new IllegalArgumentException(
          "expected a mask for each of "
              + found.size()
              + " detections or none, found "
              + masks.size());
    }
  }

  /** The box of a detection in pixels of the image's file. */
  public Box box(int detection) {
    Box box = found.get(detection).box();
    Box shown = source.mirrored() ? box.mirrored(source.size().width()) : box;
    return shown.scaled(1 / source.horizontalScale(), 1 / source.verticalScale());
  }

  /** As COCO's files have them. */
  public List<Detection> toCoco(CategoryIndex categories, MaskPaster paster) {
    List<Detection> detections = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      detections.add(
          new Detection(
              source.image().id(),
              categories.category(found.get(i).category()).id(),
              box(i),
              found.get(i).score(),
              masks.isEmpty() ? Optional.empty() : Optional.of(mask(i, paster))));
    }
    return detections;
  }

  private RunLengths mask(int detection, MaskPaster paster) {
    ImageSize size = source.originalSize();
    float[][] mask = masks.get(detection);
    boolean[] set =
        paster.bitmap(
            source.mirrored() ? mirrored(mask) : mask, box(detection), size.height(), size.width());
    byte[] bytes = new byte[set.length];
    for (int i = 0; i < set.length; i++) {
      bytes[i] = (byte) (set[i] ? 1 : 0);
    }
    return RunLengths.ofBitmap(bytes, size.height(), size.width());
  }

  private static float[][] mirrored(float[][] mask) {
    float[][] result = new float[mask.length][];
    for (int row = 0; row < mask.length; row++) {
      int width = mask[row].length;
      result[row] = new float[width];
      for (int column = 0; column < width; column++) {
        result[row][column] = mask[row][width - 1 - column];
      }
    }
    return result;
  }
}
