package io.github.tfkfac.tools.command;

import io.github.tfkfac.detection.evaluate.Evaluation;
import io.github.tfkfac.detection.train.DetectionEvaluator;
import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.tools.cli.ShellWords;
import io.github.tfkfac.tools.detect.DetectionScores;
import io.github.tfkfac.tools.detect.DetectorOutcome;
import io.github.tfkfac.tools.detect.DetectorRun;
import java.util.ArrayList;
import java.util.List;

/** The last lines of a detector's run. */
final class DetectorSummary {

  private DetectorSummary() {}

  /** Scores and files of a finished run, or how to resume an interrupted one. */
  static String of(DetectorRun run, DetectorOutcome outcome) {
    return outcome.finished()
        ? finished(run, outcome)
        : "interrupted; to continue: ./kfac detect train --resume "
            + ShellWords.path(run.folder().path())
            + "\n";
  }

  private static String finished(DetectorRun run, DetectorOutcome outcome) {
    return scores(outcome.training().evaluation().orElseThrow())
        + "\nresults     "
        + ShellWords.path(run.results())
        + "\ncurves      "
        + ShellWords.path(run.folder().curves())
        + "\ncheckpoint  "
        + outcome.training().checkpoint().map(ShellWords::path).orElse("none")
        + "\nlog         "
        + ShellWords.path(run.folder().metrics())
        + (outcome.skippedImages() == 0
            ? ""
            : "\nleft out    " + Counts.of(outcome.skippedImages(), "image"))
        + "\n";
  }

  /** COCO's numbers of boxes and, if there are some, of masks. */
  static String scores(DetectionEvaluator.Outcome outcome) {
    List<Evaluation> all = new ArrayList<>(List.of(outcome.boxes()));
    outcome.masks().ifPresent(all::add);
    StringBuilder text = new StringBuilder();
    all.forEach(evaluation -> text.append(DetectionScores.of(evaluation).overlaps().text()));
    return text.toString();
  }
}
