package io.github.tfkfac.detection.coco;

import java.util.List;

/**
 * What could be read of a results file, and what could not.
 *
 * @param detections without the entries that cannot be used
 * @param problems why each of them is left out
 */
public record ResultsReading(List<Detection> detections, List<Problem> problems) {
  public ResultsReading {
    detections = List.copyOf(detections);
    problems = List.copyOf(problems);
  }
}
