package io.github.tfkfac.detection.coco;

import java.nio.file.Path;
import java.util.Optional;

/** Looks into an image file. */
@FunctionalInterface
public interface ImageProbe {

  /** Looks at no file. */
  ImageProbe NONE = (file, image) -> Optional.empty();

  /**
   * Examines a file that exists.
   *
   * @param image its entry in the data set
   * @return what is wrong with it, such as that it cannot be decoded or has another size
   */
  Optional<String> fault(Path file, CocoImage image);
}
