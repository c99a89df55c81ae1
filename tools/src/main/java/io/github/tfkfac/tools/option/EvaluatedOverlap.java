package io.github.tfkfac.tools.option;

import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.evaluate.EvaluationOptions;
import io.github.tfkfac.detection.evaluate.EvaluationOptions.Categories;
import io.github.tfkfac.detection.evaluate.EvaluationOptions.Compatibility;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What of detections is evaluated and how. */
public final class EvaluatedOverlap {

  enum Kind {
    BOX,
    MASK
  }

  @Option(
      names = "--overlap",
      paramLabel = "KIND",
      description = "box or mask; default: masks if the detections have them.")
  @Nullable Kind kind;

  @Option(names = "--pooled", description = "A detection may match an object of any category.")
  boolean pooled;

  @Option(
      names = "--pycocotools",
      description =
          "Repeat the reference's mistakes: with masks, areas of detections are those of their"
              + " boxes; an annotation of id 0 is never found.")
  boolean pycocotools;

  /** The options, of masks or boxes as the detections have them unless the user says. */
  public EvaluationOptions options(List<Detection> detections) {
    boolean masks =
        kind == null
            ? !detections.isEmpty() && detections.get(0).mask().isPresent()
            : kind == Kind.MASK;
    return (masks ? EvaluationOptions.masks() : EvaluationOptions.boxes())
        .withCategories(pooled ? Categories.POOLED : Categories.SEPARATE)
        .withCompatibility(pycocotools ? Compatibility.PYCOCOTOOLS : Compatibility.CORRECTED);
  }
}
