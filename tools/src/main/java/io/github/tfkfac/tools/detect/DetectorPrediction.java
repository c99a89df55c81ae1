package io.github.tfkfac.tools.detect;

import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.coco.ResultsWriter;
import io.github.tfkfac.detection.data.DetectionDataset;
import io.github.tfkfac.models.data.ImageShape;
import io.github.tfkfac.models.data.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * What a run's detector finds in images.
 *
 * @param run a run with a checkpoint
 * @param leastScore detections below are not drawn
 */
public record DetectorPrediction(DetectorRun run, double leastScore) {

  /**
   * Detects, draws, and writes a results file.
   *
   * @param files images; the run's own evaluated ones if there are none
   * @param out folder of pictures and results
   * @return the pictures
   */
  public List<Path> write(Path checkpoint, List<Path> files, Path out) throws IOException {
    DetectionDataset data = files.isEmpty() ? run.images().val() : unannotated(files);
    DetectorRun asked =
        new DetectorRun(
            run.settings(), new DetectionImages(run.images().train(), data), run.folder());
    List<Detection> detections = asked.evaluate(checkpoint).detections();
    Files.createDirectories(out);
    ResultsWriter.writeBoxes(out.resolve("results.json"), detections);
    return new DetectorPictures(data, leastScore).write(detections, out);
  }

  private DetectionDataset unannotated(List<Path> files) {
    List<CocoImage> images = new ArrayList<>();
    for (Path file : files) {
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
        files.size() + " images",
        Path.of(""),
        new CocoDataset(images, run.images().train().annotations().categories(), List.of()));
  }
}
