package io.github.tfkfac.detection.arch;

import io.github.tfkfac.detection.assign.ClassLabels;
import io.github.tfkfac.models.weights.NpzFile.NpyArray;
import io.github.tfkfac.models.weights.PyTorchWeights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The classes of an imported detector: the outputs of its last layers for each of them.
 *
 * <p>Torchvision's files have the background first, then the classes by their numbers in the data
 * set, with unused outputs where a number is missing: 91 for COCO's 80 categories.
 */
public final class PredictorClasses {

  private static final String PREDICTOR = "roi_heads.box_predictor.";
  private static final String SCORES = PREDICTOR + "cls_score.";
  private static final String DELTAS = PREDICTOR + "bbox_pred.";
  private static final String MASKS = "roi_heads.mask_predictor.mask_fcn_logits.";
  private static final int BOX_SIZE = 4;

  private PredictorClasses() {}

  /** Outputs of a file's class layer, the background included; empty if it has none. */
  public static Optional<Integer> outputs(PyTorchWeights detector) {
    return Optional.ofNullable(detector.arrays().get(SCORES + "bias"))
        .map(bias -> bias.shape().get(0));
  }

  /**
   * The weights with chosen classes.
   *
   * @param chosen outputs of the file, the background's not among them, in the order of the classes
   * @param labels of the detector that takes the weights
   * @throws IllegalArgumentException if the file has no such output, or not as many are chosen as
   *     there are classes
   */
  public static PyTorchWeights choose(
      PyTorchWeights detector, List<Integer> chosen, ClassLabels labels) {
    int outputs = outputs(detector).orElse(0);
    if (chosen.size() != labels.classes()
        || chosen.stream().anyMatch(output -> output <= 0 || output >= outputs)) {
      throw new IllegalArgumentException(
          "expected %d outputs between 1 and %d of %s, found %s: choose others, or leave its last layers out"
              .formatted(labels.classes(), outputs - 1, detector.source(), chosen));
    }
    List<Integer> boxes = new ArrayList<>(chosen);
    List<Integer> scores = new ArrayList<>(chosen);
    scores.add(labels.background(), 0);
    if (labels.boxes() == labels.logits()) {
      boxes.add(labels.background(), 0);
    }
    Map<String, NpyArray> arrays = new LinkedHashMap<>(detector.arrays());
    arrays.replaceAll(
        (name, array) -> {
          if (name.startsWith(SCORES)) {
            return rows(array, scores, 1);
          }
          if (name.startsWith(DELTAS)) {
            return rows(array, boxes, BOX_SIZE);
          }
          return name.startsWith(MASKS) ? rows(array, boxes, 1) : array;
        });
    return new PyTorchWeights(detector.source(), arrays);
  }

  /** The weights without the layers whose size depends on the classes. */
  public static PyTorchWeights leaveOut(PyTorchWeights detector) {
    return detector.where(name -> !name.startsWith(PREDICTOR) && !name.startsWith(MASKS));
  }

  /** Groups of rows, {@code size} each. */
  private static NpyArray rows(NpyArray array, List<Integer> groups, int size) {
    float[] values = array.asFloat32();
    int length = values.length / array.shape().get(0) * size;
    float[] result = new float[groups.size() * length];
    for (int i = 0; i < groups.size(); i++) {
      System.arraycopy(values, groups.get(i) * length, result, i * length, length);
    }
    List<Integer> shape = new ArrayList<>(array.shape());
    shape.set(0, groups.size() * size);
    return NpyArray.of(shape, result);
  }
}
