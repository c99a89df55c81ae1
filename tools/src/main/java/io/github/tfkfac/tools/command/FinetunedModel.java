package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.train.TrainingResult;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.cli.ShellWords;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.render.Quantities;
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

  /** Rejects a folder that is there already, before anything costly is done. */
  static void requireAbsent(Path target) {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new UserError(
          "expected a new folder for the trained model, found %s; name another with --export"
              .formatted(target));
    }
  }

  /** Rejects a target that is there already; then trains what was looked at before. */
  int train(RecordedRun<ClassificationRun, ClassificationRun.Outcome> started, FinetuneStart start, Console console) throws IOException {
    Path folder = target.orElse(run.folder().path().resolve("model"));
    requireAbsent(folder);
    return new ConsoleRun(console, run.settings().optimizer().label())
        .run(started, outcome -> summary(start, outcome, folder));
  }

  private String summary(FinetuneStart start, ClassificationRun.Outcome outcome, Path folder) {
    TrainingResult training = outcome.training();
    if (!outcome.finished()) {
      return RunSummary.interrupted(
          training,
          run,
          List.of("./kfac", "finetune", "--resume", ShellWords.path(run.folder().path())));
    }
    FinetunedExport.write(run, training.checkpoint().orElseThrow(), folder);
    Path report = FinetuneReport.write(run, start, training);
    return String.format(
            Locale.ROOT,
            "before         %s, test loss %.4f%n",
            Quantities.accuracy(start.evaluation().accuracy()),
            start.evaluation().loss())
        + RunSummary.accuracy(training)
        + start
            .warning(training.evaluation().orElseThrow())
            .map(warning -> warning + "\n")
            .orElse("")
        + "model          "
        + ShellWords.path(folder)
        + "\nreport         "
        + ShellWords.path(report)
        + "\nlog            "
        + ShellWords.path(run.folder().metrics())
        + "\n";
  }
}
