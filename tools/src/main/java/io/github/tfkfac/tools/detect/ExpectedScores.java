package io.github.tfkfac.tools.detect;

import io.github.tfkfac.detection.evaluate.CocoMetrics;
import io.github.tfkfac.detection.evaluate.Evaluation;
import io.github.tfkfac.tools.error.Suggestions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Lower bounds that the metrics of an evaluation have to reach.
 *
 * @param least by the numbers' names
 */
public record ExpectedScores(Map<String, Double> least) {

  private static final CocoMetrics NONE =
      new CocoMetrics(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);

  /** The numbers are means, so that a perfect one may be a little below 1. */
  private static final double ROUNDING = 1e-9;

  public ExpectedScores {
    least = new LinkedHashMap<>(least);
  }

  /**
   * Of these numbers.
   *
   * @throws io.github.tfkfac.tools.error.UserError if a name is none of COCO's
   */
  public static ExpectedScores of(Map<String, Double> least) {
    least.keySet().forEach(name -> Suggestions.require("number", name, NONE.byName().keySet()));
    return new ExpectedScores(least);
  }

  /** A line for each number that is lower. */
  public List<String> missed(Evaluation evaluation) {
    List<String> lines = new ArrayList<>();
    Map<String, Double> numbers = evaluation.metrics().byName();
    String overlap = evaluation.options().overlap().name().toLowerCase(Locale.ROOT);
    least.forEach(
        (name, value) -> {
          double found = numbers.getOrDefault(name, Double.NaN);
          if (!(found >= value - ROUNDING)) {
            lines.add(
                String.format(
                    Locale.ROOT,
                    "expected a %s %s of at least %.4f, found %.4f",
                    overlap,
                    name,
                    value,
                    found));
          }
        });
    return lines;
  }
}
