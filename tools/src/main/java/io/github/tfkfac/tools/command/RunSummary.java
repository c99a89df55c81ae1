package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.models.train.ClassificationMetrics;
import io.github.tfkfac.models.train.TrainingResult;
import io.github.tfkfac.tools.cli.ShellWords;
import io.github.tfkfac.tools.render.Quantities;
import io.github.tfkfac.tools.run.ClassificationRun;
import java.util.List;
import java.util.Locale;

/** The last lines of a run. */
public final class RunSummary {

  private RunSummary() {}

  /** Result and files of a finished run, or how to resume an interrupted one. */
  public static String of(ClassificationRun.Outcome outcome, ClassificationRun run) {
    String folder = ShellWords.path(run.folder().path());
    return outcome.finished()
        ? accuracy(outcome.training())
            + "curves         "
            + ShellWords.path(run.folder().curves())
            + "\ncheckpoint     "
            + checkpoint(outcome.training())
            + "\nlog            "
            + ShellWords.path(run.folder().metrics())
            + "\n"
        : interrupted(outcome.training(), run, List.of("./kfac", "train", "--resume", folder));
  }

  /** The accuracy of a finished run. */
  public static String accuracy(TrainingResult<ClassificationMetrics> result) {
    ClassificationMetrics evaluation = result.evaluation().orElseThrow();
    return String.format(
        Locale.ROOT,
        "test accuracy  %s (%d of %s), test loss %.4f%n",
        Quantities.accuracy(evaluation.accuracy()),
        evaluation.correct(),
        Counts.of(evaluation.images(), "image"),
        evaluation.loss());
  }

  /** Progress of an interrupted run and the command that resumes it. */
  public static String interrupted(
      TrainingResult<?> result, ClassificationRun run, List<String> goOn) {
    return "interrupted after step %d of %d; saved to %s%nto continue: %s%n"
        .formatted(result.step(), run.totalSteps(), checkpoint(result), ShellWords.join(goOn));
  }

  private static String checkpoint(TrainingResult<?> result) {
    return result.checkpoint().map(ShellWords::path).orElse("none");
  }
}
