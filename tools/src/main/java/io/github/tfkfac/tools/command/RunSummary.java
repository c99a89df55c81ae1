package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.train.Evaluation;
import io.github.tfkfac.models.train.TrainingResult;
import io.github.tfkfac.tools.cli.ShellWords;
import io.github.tfkfac.tools.record.RunFolder;
import java.util.List;
import java.util.Locale;

/** The last lines of a run. */
final class RunSummary {

  private RunSummary() {}

  /** Result of a finished run and where its files lie. */
  static String finished(TrainingResult result, RunFolder folder) {
    Evaluation evaluation = result.evaluation().orElseThrow();
    return String.format(
            Locale.ROOT,
            "test accuracy  %.2f %% (%d of %d images), test loss %.4f%n",
            100 * evaluation.accuracy(),
            evaluation.correct(),
            evaluation.images(),
            evaluation.loss())
        + "curves         "
        + ShellWords.path(folder.curves())
        + "\n"
        + "checkpoint     "
        + checkpoint(result)
        + "\n"
        + "log            "
        + ShellWords.path(folder.metrics())
        + "\n";
  }

  /** Where an interrupted run stands and how to go on. */
  static String interrupted(TrainingResult result, long totalSteps, List<String> command) {
    return "interrupted after step %d of %d; saved to %s%nto go on: %s%n"
        .formatted(result.step(), totalSteps, checkpoint(result), ShellWords.join(command));
  }

  private static String checkpoint(TrainingResult result) {
    return result.checkpoint().map(ShellWords::path).orElse("none");
  }
}
