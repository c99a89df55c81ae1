package io.github.tfkfac.tools.option;

import io.github.tfkfac.detection.evaluate.Evaluation;
import io.github.tfkfac.detection.evaluate.Overlap;
import io.github.tfkfac.tools.detect.ExpectedScores;
import io.github.tfkfac.tools.error.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Options for the scores that an evaluation has to reach. */
public final class ExpectedScoreOptions {

  @Option(
      names = "--expect",
      paramLabel = "NUMBER=LEAST",
      split = ",",
      description =
          "Exit with code 1 unless the boxes' number, such as AP50, is at least this; the masks' if"
              + " they alone are evaluated.")
  Map<String, Double> boxes = Map.of();

  @Option(
      names = "--expect-masks",
      paramLabel = "NUMBER=LEAST",
      split = ",",
      description = "The same for the masks.")
  Map<String, Double> masks = Map.of();

  /**
   * Rejects names of no number, and expectations of masks where there are none.
   *
   * @param evaluated what will be
   * @throws UserError saying what does not fit
   */
  public void requireFitting(List<Overlap> evaluated) {
    ExpectedScores.of(boxes);
    ExpectedScores.of(masks);
    if (!masks.isEmpty() && !evaluated.contains(Overlap.MASK)) {
      throw new UserError(
          "--expect-masks is about masks, and boxes alone are evaluated; leave it out, or train"
              + " with --masks");
    }
  }

  /** A line for each number that is lower. */
  public List<String> missed(List<Evaluation> evaluations) {
    List<String> lines = new ArrayList<>(ExpectedScores.of(boxes).missed(evaluations.get(0)));
    evaluations.stream()
        .filter(one -> one.options().overlap() == Overlap.MASK)
        .forEach(one -> lines.addAll(ExpectedScores.of(masks).missed(one)));
    return lines;
  }
}
