package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.train.TrainingResult;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.cli.ShellWords;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.run.ClassEvaluation;
import io.github.tfkfac.tools.run.ClassificationRun;
import io.github.tfkfac.tools.run.FinetunedExport;
import io.github.tfkfac.tools.run.RecordedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Trains a SavedModel, writes it back, and says what that brought.
 *
 * @param run the training
 * @param target where the trained model goes, if not into the run's folder
 */
record FinetunedModel(ClassificationRun run, Optional<Path> target) {

  /** Refuses a folder that is there already, before anything costly is done. */
  static void requireAbsent(Path target) {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new UserError(
          "expected a new folder for the trained model, found %s; name another with --export"
              .formatted(target));
    }
  }

  int train(RecordedRun started, Console console) throws IOException {
    Path folder = target.orElse(run.folder().path().resolve("model"));
    requireAbsent(folder);
    ClassEvaluation before = ClassEvaluation.ofStart(run.settings(), run.images());
    console.err().printf(Locale.ROOT, "before training: test accuracy %.2f %%%n", percent(before));
    console.err().flush();
    return new AttendedRun(console, run.settings().optimizer().label())
        .run(started, outcome -> lastWords(before, outcome, folder));
  }

  private String lastWords(ClassEvaluation before, ClassificationRun.Outcome outcome, Path folder) {
    TrainingResult training = outcome.training();
    if (!outcome.finished()) {
      return RunSummary.interrupted(
          training,
          run,
          List.of("./kfac", "finetune", "--resume", ShellWords.path(run.folder().path())));
    }
    FinetunedExport.write(run, training.checkpoint().orElseThrow(), folder);
    Path report = FinetuneReport.write(run, before, training);
    return String.format(Locale.ROOT, "before         %.2f %%%n", percent(before))
        + RunSummary.accuracy(training)
        + "model          "
        + ShellWords.path(folder)
        + "\nreport         "
        + ShellWords.path(report)
        + "\nlog            "
        + ShellWords.path(run.folder().metrics())
        + "\n";
  }

  private static double percent(ClassEvaluation evaluation) {
    return 100 * evaluation.accuracy();
  }
}
