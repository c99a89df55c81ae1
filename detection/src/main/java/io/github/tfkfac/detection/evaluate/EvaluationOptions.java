package io.github.tfkfac.detection.evaluate;

import java.util.List;

/**
 * Options of an evaluation: what is evaluated and how.
 *
 * @param overlap boxes or masks
 * @param categories whether categories are kept apart
 * @param limits how many detections of an image and category count, the best first; ascending, 1,
 *     10 and 100 in COCO
 * @param compatibility whether the reference's mistakes are repeated
 */
public record EvaluationOptions(
    Overlap overlap, Categories categories, List<Integer> limits, Compatibility compatibility) {

  /** COCO's limits. */
  public static final List<Integer> COCO_LIMITS = List.of(1, 10, 100);

  /** Treatment of categories: kept apart or pooled. */
  public enum Categories {
    SEPARATE,
    /** A detection may match an object of any category. */
    POOLED
  }

  /** Treatment of the mistakes of the reference, pycocotools: corrected or repeated. */
  public enum Compatibility {
    /** A mask's area is its number of pixels; an annotation of id 0 can be found. */
    CORRECTED,
    /**
     * In the evaluation of masks, a detection that came with a box has the box's area; a detection
     * that finds an annotation of id 0 counts as having found nothing.
     */
    PYCOCOTOOLS
  }

  public EvaluationOptions {
    limits = List.copyOf(limits);
    if (limits.isEmpty() || limits.get(0) < 1) {
      throw new IllegalArgumentException("limits " + limits + ", expected at least one from 1 on");
    }
    for (int at = 1; at < limits.size(); at++) {
      if (limits.get(at) <= limits.get(at - 1)) {
        throw new IllegalArgumentException("limits " + limits + ", expected ascending ones");
      }
    }
  }

  /** How many detections of an image and category take part. */
  int mostDetections() {
    return limits.get(limits.size() - 1);
  }

  /** COCO's evaluation of boxes. */
  public static EvaluationOptions boxes() {
    return new EvaluationOptions(
        Overlap.BOX, Categories.SEPARATE, COCO_LIMITS, Compatibility.CORRECTED);
  }

  /** COCO's evaluation of masks. */
  public static EvaluationOptions masks() {
    return new EvaluationOptions(
        Overlap.MASK, Categories.SEPARATE, COCO_LIMITS, Compatibility.CORRECTED);
  }

  /** With other treatment of categories. */
  public EvaluationOptions withCategories(Categories other) {
    return new EvaluationOptions(overlap, other, limits, compatibility);
  }

  /** With other limits. */
  public EvaluationOptions withLimits(List<Integer> others) {
    return new EvaluationOptions(overlap, categories, others, compatibility);
  }

  /** With other treatment of the reference's mistakes. */
  public EvaluationOptions withCompatibility(Compatibility other) {
    return new EvaluationOptions(overlap, categories, limits, other);
  }
}
