package io.github.tfkfac.tools.command;

import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.CocoFormatException;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.coco.DatasetReading;
import io.github.tfkfac.detection.coco.DatasetUse;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.coco.InstancesReader;
import io.github.tfkfac.detection.coco.Problem;
import io.github.tfkfac.detection.coco.ResultsReader;
import io.github.tfkfac.detection.coco.ResultsReading;
import io.github.tfkfac.detection.evaluate.EvaluationOptions;
import io.github.tfkfac.detection.evaluate.EvaluationOptions.Compatibility;
import io.github.tfkfac.detection.evaluate.Overlap;
import io.github.tfkfac.tools.detect.DatasetWarnings;
import io.github.tfkfac.tools.option.EvaluatedOverlap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A results file and its annotations, both without errors for what is evaluated.
 *
 * @param dataset the annotations
 * @param detections the results, each with a mask if masks are evaluated
 * @param options what is evaluated
 * @param warnings lines about what is left out or taken otherwise than stated
 */
record CheckedResults(
    CocoDataset dataset,
    List<Detection> detections,
    EvaluationOptions options,
    List<String> warnings) {

  /**
   * Reads both files.
   *
   * @throws CocoFormatException naming every error of both
   */
  static CheckedResults read(Path results, Path annotations, EvaluatedOverlap overlap)
      throws IOException {
    EvaluationOptions options = overlap.options(results);
    boolean masks = options.overlap() == Overlap.MASK;
    DatasetUse use = masks ? DatasetUse.MASK_EVALUATION : DatasetUse.BOX_EVALUATION;
    DatasetReading truth = InstancesReader.readLeniently(annotations, use);
    ResultsReading found = ResultsReader.readLeniently(results, truth);
    if (!truth.errors(use).isEmpty() || !found.errors(use).isEmpty()) {
      throw new CocoFormatException(
          faults(
              annotations,
              faults(truth.problems(), truth.errors(use)),
              results,
              faults(found.problems(), found.errors(use))));
    }
    List<String> warnings =
        new ArrayList<>(DatasetWarnings.lines(annotations, truth.warnings(use)));
    warnings.addAll(DatasetWarnings.lines(results, found.warnings(use)));
    if (options.compatibility() == Compatibility.CORRECTED
        && truth.dataset().annotations().stream().anyMatch(one -> one.id() == 0)) {
      warnings.add(
          annotations
              + ": annotation 0 can be found here, which pycocotools never counts as found;"
              + " '--pycocotools' repeats that");
    }
    List<Detection> detections = found.detections();
    if (masks) {
      detections = masked(found.detections(), truth.dataset(), results, warnings);
    }
    return new CheckedResults(truth.dataset(), detections, options, warnings);
  }

  private static Map<Path, List<Problem>> faults(
      Path annotations, List<Problem> ofAnnotations, Path results, List<Problem> ofResults) {
    Map<Path, List<Problem>> faults = new LinkedHashMap<>();
    faults.put(annotations, ofAnnotations);
    faults.merge(results, ofResults, (one, other) -> one);
    return faults;
  }

  /** With the errors also what would have been tolerated, in the order of the file. */
  private static List<Problem> faults(List<Problem> problems, List<Problem> errors) {
    Set<Problem> named = Set.copyOf(errors);
    return problems.stream()
        .filter(one -> one.kind() == Problem.Kind.TOLERATED || named.contains(one))
        .toList();
  }

  /** Boxes without a mask stand for all their pixels, as in the reference. */
  private static List<Detection> masked(
      List<Detection> detections, CocoDataset dataset, Path results, List<String> warnings) {
    Map<Long, CocoImage> images = dataset.imagesById();
    List<Detection> masked = new ArrayList<>();
    int without = 0;
    for (Detection one : detections) {
      CocoImage image = images.get(one.imageId());
      if (image == null || one.mask().isPresent()) {
        masked.add(one);
      } else {
        masked.add(one.withMaskOfBox(image.height(), image.width()));
        without++;
      }
    }
    if (without > 0) {
      warnings.add(
          results
              + ": "
              + without
              + " results have no mask; the pixels of their boxes are taken, as pycocotools does");
    }
    return masked;
  }
}
