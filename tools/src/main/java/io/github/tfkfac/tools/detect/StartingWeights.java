package io.github.tfkfac.tools.detect;

import io.github.tfkfac.detection.arch.DetectorWeights;
import io.github.tfkfac.detection.arch.PredictorClasses;
import io.github.tfkfac.detection.coco.CocoCategory;
import io.github.tfkfac.detection.data.CategoryIndex;
import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.detection.train.DetectorTraining;
import io.github.tfkfac.models.text.Counts;
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
  private static final String FIRST_DENSE = "roi_heads.box_head.fc6.weight";
  private static final String MASKS = "roi_heads.mask_";

  /** Outputs of torchvision's detectors for COCO, and COCO's categories. */
  private static final int COCO_OUTPUTS = 91;

  private static final int COCO_CATEGORIES = 80;

  /** Epsilon of the fixed batch normalization that the weights were made for. */
  double normEpsilon() {
    return isCocoV1() ? 0 : DetectorProfile.USUAL_EPSILON;
  }

  /**
   * Whether it is a whole detector as torchvision published it first, for COCO: its second version
   * has convolutions in the box head, one trained on other data other outputs.
   */
  private boolean isCocoV1() {
    return isDetector()
        && file.arrays().containsKey(FIRST_DENSE)
        && PredictorClasses.outputs(file).filter(outputs -> outputs == COCO_OUTPUTS).isPresent();
  }

  /** Remark about the epsilon in use; empty for a backbone's weights. */
  Optional<String> epsilonRemark(double epsilon) {
    if (!isDetector()) {
      return Optional.empty();
    }
    String remark =
        "%s: fixed batch normalization with epsilon %s"
            .formatted(file.source(), epsilon == 0 ? "0" : Double.toString(epsilon));
    return Optional.of(
        isCocoV1()
            ? remark + ", torchvision's detectors with the weights COCO_V1 have 0"
            : remark + "; if it was trained further from COCO_V1, it has 0: say --norm-eps 0");
  }

  private boolean isDetector() {
    return file.arrays().keySet().stream().anyMatch(name -> name.startsWith(DETECTOR));
  }

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
    if (!isDetector()) {
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
          "%s has no weights for %s, first %s; what has none is initialized"
              .formatted(
                  file.source(),
                  Counts.of(report.missing().size(), "variable"),
                  report.missing().iterator().next()));
    }
    if (!report.unused().isEmpty()) {
      remarks.accept(
          "%s has %s that the detector does not have, first %s; see --detector"
              .formatted(
                  file.source(),
                  Counts.of(report.unused().size(), "entry", "entries"),
                  report.unused().iterator().next()));
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
