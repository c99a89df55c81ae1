package io.github.tfkfac.tools.detect;

import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.coco.ImageProbe;
import io.github.tfkfac.models.data.DataException;
import io.github.tfkfac.models.data.ImageShape;
import io.github.tfkfac.models.data.RgbImage;
import java.nio.file.Path;
import java.util.Optional;

/** Decodes each image and compares its size with the stated one. */
public final class DecodedImages implements ImageProbe {

  @Override
  public Optional<String> fault(Path file, CocoImage image) {
    try {
      ImageShape shape = RgbImage.read(file, "an image").shape();
      return shape.width() == image.width() && shape.height() == image.height()
          ? Optional.empty()
          : Optional.of(
              "is of %dx%d pixels%s, the annotations say %dx%d"
                  .formatted(
                      shape.width(),
                      shape.height(),
                      RgbImage.turnOf(file),
                      image.width(),
                      image.height()));
    } catch (DataException unreadable) {
      return Optional.of(String.valueOf(unreadable.getMessage()));
    }
  }
}
