package io.github.tfkfac.tools.command;

import io.github.tfkfac.detection.data.DetectionBatch;
import io.github.tfkfac.detection.data.ImageSize;
import io.github.tfkfac.tools.detect.DetectionSettings;
import io.github.tfkfac.tools.detect.NoiseScene;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of the synthetic images that a detector is shown where there is no data set. */
public final class DetectorSceneOptions {

  @Option(
      names = "--image",
      paramLabel = "HEIGHTxWIDTH",
      converter = ImageSizeConverter.class,
      description =
          "Size of the network's images, padded to multiples of 32; default: --short-side and"
              + " --long-side.")
  @Nullable ImageSize image;

  @Option(
      names = "--objects",
      paramLabel = "COUNT",
      description = "Objects in an image (default: ${DEFAULT-VALUE}).")
  int objects = 10;

  @Option(
      names = "--classes",
      paramLabel = "COUNT",
      description = "Classes of objects (default: ${DEFAULT-VALUE}, as COCO has).")
  int classes = 80;

  @Option(names = "--json", description = "Print the facts as JSON.")
  public boolean json;

  /** What is shown to a detector of these settings. */
  public NoiseScene scene(DetectionSettings settings) {
    ImageSize size =
        image == null ? new ImageSize(settings.shortSide(), settings.longSide()) : image;
    return new NoiseScene(size.roundedUp(DetectionBatch.SIZE_MULTIPLE), objects, classes);
  }
}
