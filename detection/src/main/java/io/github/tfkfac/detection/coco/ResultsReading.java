package io.github.tfkfac.detection.coco;

import io.github.tfkfac.detection.coco.Problem.Kind;
import io.github.tfkfac.detection.coco.Problem.Severity;
import java.util.List;

/**
 * Result of reading a results file: what could be read, and what could not.
 *
 * @param detections without the entries that cannot be used; one with a box whose mask cannot be
 *     read is there without it
 * @param problems of the file
 * @param boxes whether detections are stated as boxes; otherwise each needs its mask
 */
public record ResultsReading(List<Detection> detections, List<Problem> problems, boolean boxes) {
  public ResultsReading {
    detections = List.copyOf(detections);
    problems = List.copyOf(problems);
  }

  /** Problems that prevent an evaluation. */
  public List<Problem> errors(DatasetUse use) {
    return of(use, Severity.ERROR);
  }

  /** Problems that do not prevent an evaluation. */
  public List<Problem> warnings(DatasetUse use) {
    return of(use, Severity.WARNING);
  }

  private List<Problem> of(DatasetUse use, Severity severity) {
    return problems.stream().filter(one -> severity(one.kind(), use) == severity).toList();
  }

  /** A detection in an image that is not listed is an error in any case, as in the reference. */
  private Severity severity(Kind kind, DatasetUse use) {
    boolean always = kind == Kind.UNKNOWN_IMAGE || (kind.ofOutline() && !boxes);
    return always ? kind.severity() : use.severity(kind);
  }
}
