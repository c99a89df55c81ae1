package io.github.tfkfac.tools.lab.bench;

import io.github.tfkfac.detection.evaluate.CocoMetrics;
import java.util.List;

/**
 * All that an {@link EvaluationBenchmark} finds.
 *
 * @param images evaluated
 * @param objects annotations in them
 * @param detections results for them
 * @param boxes COCO's numbers for boxes
 * @param masks COCO's numbers for masks
 * @param stages in the order in which they ran
 */
public record EvaluationMeasurement(
    int images,
    int objects,
    int detections,
    CocoMetrics boxes,
    CocoMetrics masks,
    List<Stage> stages) {

  /**
   * A part of the work.
   *
   * @param name what is done
   * @param seconds how long it took
   */
  public record Stage(String name, double seconds) {}

  public EvaluationMeasurement {
    stages = List.copyOf(stages);
  }
}
