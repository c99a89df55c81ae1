package io.github.tfkfac.tools.detect;

import io.github.tfkfac.detection.arch.DetectorWeights;
import io.github.tfkfac.detection.arch.PredictorClasses;
import io.github.tfkfac.detection.coco.CocoCategory;
import io.github.tfkfac.detection.data.CategoryIndex;
import io.github.tfkfac.detection.train.DetectorTraining;
import io.github.tfkfac.models.weights.PartialImport;
import io.github.tfkfac.models.weights.PyTorchWeights;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.tensorflow.Session;

/**
 * Weights that a detector's training starts from: torchvision's, of a classifier for the backbone
 * or of a whole detector.
 *
 * @param file the weights
 */
record StartingWeights(PyTorchWeights file) {

  private static final String DETECTOR = "backbone.body.";
  private static final String MASKS = "roi_heads.mask_";

  /** Outputs of torchvision's detectors for COCO, and COCO's categories. */
  private static final int COCO_OUTPUTS = 91;

  private static final int COCO_CATEGORIES = 80;

  /**
   * Sets the detector's variables.
   *
   * @param remarks told which parts keep their initial values
   */
  void assign(
      DetectorTraining training,
      CategoryIndex categories,
      Session session,
      Consumer<String> remarks) {
    if (file.arrays().keySet().stream().noneMatch(name -> name.startsWith(DETECTOR))) {
      DetectorWeights.ofBackbone(file)
          .assignTo(training.store(), DetectorWeights.BACKBONE, session);
      return;
    }
    PyTorchWeights detector = DetectorWeights.ofDetector(file);
    if (training.config().masks().isEmpty()) {
      detector = detector.where(name -> !name.startsWith(MASKS));
    }
    Optional<List<Integer>> outputs = outputs(detector, categories);
    PyTorchWeights chosen =
        outputs.isPresent()
            ? PredictorClasses.choose(detector, outputs.get(), training.config().labels())
            : PredictorClasses.leaveOut(detector);
    PartialImport report = chosen.assignMatchingTo(training.store(), session);
    if (!report.missing().isEmpty()) {
      remarks.accept(
          "%s has no weights for %d variables, which start afresh, first %s"
              .formatted(
                  file.source(), report.missing().size(), report.missing().iterator().next()));
    }
    if (!report.unused().isEmpty()) {
      remarks.accept(
          "%s has %d entries that the detector does not have, first %s; see --detector"
              .formatted(file.source(), report.unused().size(), report.unused().iterator().next()));
    }
  }

  /** Outputs of the file for the categories, if it was trained on as many, or on COCO. */
  private static Optional<List<Integer>> outputs(
      PyTorchWeights detector, CategoryIndex categories) {
    int found = PredictorClasses.outputs(detector).orElse(0);
    if (found == categories.size() + 1) {
      return Optional.of(IntStream.range(1, found).boxed().toList());
    }
    List<Integer> ids =
        categories.categories().stream().map(CocoCategory::id).map(Math::toIntExact).toList();
    boolean coco =
        found == COCO_OUTPUTS
            && ids.size() == COCO_CATEGORIES
            && ids.stream().allMatch(id -> id > 0 && id < COCO_OUTPUTS);
    return coco ? Optional.of(ids) : Optional.empty();
  }
}
