package io.github.tfkfac.tools.detect;

import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.coco.ResultsWriter;
import io.github.tfkfac.detection.data.DetectionDataset;
import io.github.tfkfac.models.data.ImageShape;
import io.github.tfkfac.models.data.RgbImage;
import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.tools.error.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Detections of a run's detector in images.
 *
 * @param run a run with a checkpoint
 * @param leastScore detections below are not drawn
 */
public record DetectorPrediction(DetectorRun run, double leastScore) {

  public DetectorPrediction {
    if (!(leastScore >= 0 && leastScore <= 1)) {
      throw new IllegalArgumentException(
          "expected a least score between 0 and 1, found " + leastScore);
    }
  }

  /**
   * Detects, draws, and writes results files: boxes, and masks if the run has masks.
   *
   * @param files images; the run's own evaluated ones if there are none
   * @param out folder of pictures and results
   * @param warnings told of images that are left out
   * @return the pictures
   */
  public List<Path> write(Path checkpoint, List<Path> files, Path out, Consumer<String> warnings)
      throws IOException {
    DetectionDataset data = files.isEmpty() ? run.images().val() : unannotated(files);
    DetectorRun asked =
        new DetectorRun(
            run.settings(), new DetectionImages(run.images().train(), data), run.folder());
    Files.createDirectories(out);
    List<Detection> detections = asked.evaluate(checkpoint, warnings).detections();
    ResultsWriter.writeBoxes(out.resolve(DetectorRun.RESULTS), detections);
    if (run.settings().masks()) {
      ResultsWriter.writeMasks(out.resolve(DetectorRun.MASK_RESULTS), detections);
    }
    return new DetectorPictures(data, leastScore, run.settings().unreadable((image, reason) -> {}))
        .write(detections, out);
  }

  private DetectionDataset unannotated(List<Path> files) {
    List<CocoImage> images = new ArrayList<>();
    for (Path file : files) {
      if (!Files.isRegularFile(file)) {
        throw new UserError(
            file
                + ": expected an image, found "
                + (Files.isDirectory(file) ? "a folder; name the files in it" : "no such file"));
      }
      ImageShape shape = RgbImage.read(file, "an image").shape();
      images.add(
          new CocoImage(
              images.size() + 1L,
              file.toAbsolutePath().toString(),
              shape.width(),
              shape.height(),
              OptionalInt.empty()));
    }
    return new DetectionDataset(
        Counts.of(files.size(), "image"),
        Path.of("/"), // the names are absolute, wherever the user's pictures lie
        new CocoDataset(images, run.images().train().annotations().categories(), List.of()));
  }
}
