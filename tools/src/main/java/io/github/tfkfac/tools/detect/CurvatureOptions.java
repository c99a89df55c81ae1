package io.github.tfkfac.tools.detect;

import io.github.tfkfac.SharedUses;
import io.github.tfkfac.detection.train.DetectorCurvature;
import io.github.tfkfac.tools.error.Suggestions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Option values that name K-FAC's treatment of a detector's layers. */
final class CurvatureOptions {

  private CurvatureOptions() {}

  /**
   * The treatment that the names stand for.
   *
   * @param firstDense {@code full}, {@code blocks} or {@code plain}
   * @param levels {@code pooled} or {@code sequential}
   * @throws io.github.tfkfac.tools.error.UserError if a name is none of these
   */
  static DetectorCurvature of(String firstDense, String levels) {
    Map<String, DetectorCurvature.FirstDense> kept = new LinkedHashMap<>();
    kept.put("full", DetectorCurvature.FirstDense.FULL);
    kept.put("blocks", DetectorCurvature.FirstDense.BLOCKS);
    kept.put("plain", DetectorCurvature.FirstDense.PLAIN);
    Suggestions.require("treatment of fc6", firstDense, kept.keySet());
    Suggestions.require("treatment of levels", levels, List.of("pooled", "sequential"));
    return new DetectorCurvature(
        kept.getOrDefault(firstDense, DetectorCurvature.FirstDense.FULL),
        levels.equals("pooled") ? SharedUses.POOLED : SharedUses.SEQUENTIAL);
  }
}
