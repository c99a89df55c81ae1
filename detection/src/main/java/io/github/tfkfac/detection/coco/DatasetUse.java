package io.github.tfkfac.detection.coco;

import io.github.tfkfac.detection.coco.Problem.Kind;
import io.github.tfkfac.detection.coco.Problem.Severity;

/** Use of a data set, which decides how bad a problem is. */
public enum DatasetUse {
  /** Training on boxes: outlines are not used. */
  BOXES,
  /** Training on masks: every annotation needs an outline or a mask. */
  MASKS,
  /**
   * Evaluation of boxes. What the reference, pycocotools, evaluates is evaluated: annotations of
   * unknown images and categories are left out, values that are not needed may be missing, others
   * are converted as Python converts them.
   */
  BOX_EVALUATION,
  /** Evaluation of masks. */
  MASK_EVALUATION;

  /** Whether outlines are used. */
  public boolean masks() {
    return this == MASKS || this == MASK_EVALUATION;
  }

  /** Whether detections are compared with the data set. */
  public boolean evaluation() {
    return this == BOX_EVALUATION || this == MASK_EVALUATION;
  }

  /** Severity of a problem for this use. */
  public Severity severity(Kind kind) {
    boolean unknown = kind == Kind.UNKNOWN_IMAGE || kind == Kind.UNKNOWN_CATEGORY;
    return (kind.ofOutline() && !masks()) || (unknown && evaluation())
        ? Severity.WARNING
        : kind.severity();
  }
}
