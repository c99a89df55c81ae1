package io.github.tfkfac.tools.option;

import io.github.tfkfac.detection.coco.ResultsReader;
import io.github.tfkfac.detection.evaluate.EvaluationOptions;
import io.github.tfkfac.detection.evaluate.EvaluationOptions.Categories;
import io.github.tfkfac.detection.evaluate.EvaluationOptions.Compatibility;
import io.github.tfkfac.detection.evaluate.Overlap;
import io.github.tfkfac.tools.error.UserError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options for the evaluation of detections: boxes or masks, and the matching. */
public final class EvaluatedOverlap {

  @Option(
      names = "--overlap",
      paramLabel = "KIND",
      description =
          "box or mask; default: masks if the detections have them, of a run boxes and masks.")
  @Nullable Overlap kind;

  @Option(names = "--pooled", description = "A detection may match an object of any category.")
  boolean pooled;

  @Option(
      names = "--pycocotools",
      description =
          "Repeat the reference's mistakes: with masks, areas of detections are those of their"
              + " boxes; an annotation of id 0 is never found.")
  boolean pycocotools;

  /** The options, of masks or boxes as a results file has them unless the user says. */
  public EvaluationOptions options(Path results) throws IOException {
    boolean masks = kind == null ? ResultsReader.startsWithMask(results) : kind == Overlap.MASK;
    return options(masks ? Overlap.MASK : Overlap.BOX);
  }

  /**
   * Overlaps that are evaluated of a detector: boxes, and masks if it finds some, unless the user
   * says.
   */
  public List<Overlap> of(boolean masks) {
    if (kind == null) {
      return masks ? List.of(Overlap.BOX, Overlap.MASK) : List.of(Overlap.BOX);
    }
    if (kind == Overlap.MASK && !masks) {
      throw new UserError("--overlap mask needs masks, and the run has none; leave it out");
    }
    return List.of(kind);
  }

  /** Evaluation options for boxes or masks. */
  public EvaluationOptions options(Overlap overlap) {
    return (overlap == Overlap.MASK ? EvaluationOptions.masks() : EvaluationOptions.boxes())
        .withCategories(pooled ? Categories.POOLED : Categories.SEPARATE)
        .withCompatibility(pycocotools ? Compatibility.PYCOCOTOOLS : Compatibility.CORRECTED);
  }
}
