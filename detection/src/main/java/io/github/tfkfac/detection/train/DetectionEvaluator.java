package io.github.tfkfac.detection.train;

import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.data.DetectionBatcher;
import io.github.tfkfac.detection.data.DetectionPlan;
import io.github.tfkfac.detection.evaluate.CocoEvaluator;
import io.github.tfkfac.detection.evaluate.Evaluation;
import io.github.tfkfac.detection.evaluate.EvaluationOptions;
import io.github.tfkfac.detection.predict.MaskPaster;
import io.github.tfkfac.models.train.StopSignal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs a detector over a data set and compares what it finds with the annotations.
 *
 * @param predictor what finds
 * @param paster how masks become those of an image
 */
public record DetectionEvaluator(Predictor predictor, MaskPaster paster) {

  /**
   * Result of a data set's evaluation.
   *
   * @param detections in the order of the images
   * @param boxes evaluation of the boxes
   * @param masks evaluation of the masks, if there are masks
   */
  public record Outcome(List<Detection> detections, Evaluation boxes, Optional<Evaluation> masks) {
    public Outcome {
      detections = List.copyOf(detections);
    }
  }

  /**
   * Evaluates on every image of a plan, once.
   *
   * @param plan see {@link DetectionPlan#evaluation}; batches as large as the network's at most
   * @param stop ends the evaluation early, without a result
   */
  public Optional<Outcome> evaluate(DetectionPlan plan, StopSignal stop) {
    List<Detection> detections = new ArrayList<>();
    try (DetectionBatcher batches = DetectionBatcher.oneEpoch(plan, 0)) {
      while (batches.hasNext()) {
        if (stop.isRequested()) {
          return Optional.empty();
        }
        for (ImageDetections image : predictor.detect(batches.next())) {
          detections.addAll(image.toCoco(plan.data().categories(), paster));
        }
      }
    }
    Evaluation boxes =
        CocoEvaluator.evaluate(plan.data().annotations(), detections, EvaluationOptions.boxes());
    Optional<Evaluation> masks =
        predictor.findsMasks()
            ? Optional.of(
                CocoEvaluator.evaluate(
                    plan.data().annotations(), detections, EvaluationOptions.masks()))
            : Optional.empty();
    return Optional.of(new Outcome(detections, boxes, masks));
  }
}
