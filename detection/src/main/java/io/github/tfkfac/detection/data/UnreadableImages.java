package io.github.tfkfac.detection.data;

import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.models.data.DataException;
import java.util.Objects;

/** Policy for images that cannot be read. */
public sealed interface UnreadableImages {

  /** The run ends with the error. */
  record Fail() implements UnreadableImages {}

  /**
   * The batch comes without the image; a batch without any image is left out.
   *
   * @param listener told of each such image when its batch is reached
   */
  record Skip(Listener listener) implements UnreadableImages {
    public Skip {
      Objects.requireNonNull(listener, "listener");
    }
  }

  /** Told of images that are left out. */
  @FunctionalInterface
  interface Listener {

    /** An image that is left out of a batch, and why. */
    void skipped(CocoImage image, DataException reason);
  }
}
