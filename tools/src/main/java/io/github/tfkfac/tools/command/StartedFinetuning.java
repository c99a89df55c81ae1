package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.finetune.FinetuneGraph;
import io.github.tfkfac.models.savedmodel.ModelExport.Existing;
import io.github.tfkfac.models.train.ClassificationMetrics;
import io.github.tfkfac.models.train.TrainingResult;
import io.github.tfkfac.models.train.TrainingWorkers;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.cli.ShellWords;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.option.RunFolderOptions;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.render.Quantities;
import io.github.tfkfac.tools.run.ClassificationRun;
import io.github.tfkfac.tools.run.OpenNetwork;
import io.github.tfkfac.tools.run.RecordedRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Session;

/**
 * A SavedModel that is about to be trained, and to be written back.
 *
 * @param run in its folder
 * @param network the model, open until all is done
 * @param start the model as it was saved
 */
record StartedFinetuning(
    RecordedRun<ClassificationRun, ClassificationRun.Outcome> run,
    OpenNetwork network,
    FinetuneStart start)
    implements AutoCloseable {

  /** Goes on with the run in a folder. */
  static StartedFinetuning resumed(
      Path folder, Map<String, String> given, TrainingWorkers workers, Console console)
      throws IOException {
    RecordedRun<ClassificationRun, ClassificationRun.Outcome> before =
        ResumedRuns.open(RunFolder.existing(folder), given, workers, console);
    ClassificationRun run = before.task();
    FinetuneStart.requireSavedModel(run.settings());
    OpenNetwork network = run.settings().open(run.images(), workers);
    FinetuneStart start = FinetuneStart.of(run.settings(), run.images(), network, console);
    return new StartedFinetuning(
        before.with(
            run.withNetwork(network).withBefore(start.evaluation().summary()), start.remarks()),
        network,
        start);
  }

  /** Begins a run; its folder is made when everything given was found to fit. */
  static StartedFinetuning begun(
      Map<String, String> given,
      RunFolderOptions folders,
      List<String> arguments,
      TrainingWorkers workers,
      Console console)
      throws IOException {
    PreparedRun prepared = PreparedRun.of(given, folders, workers, console);
    try {
      FinetuneStart start =
          FinetuneStart.of(prepared.settings(), prepared.images(), prepared.network(), console);
      return new StartedFinetuning(
          RecordedRun.start(
              prepared.in(folders).withBefore(start.evaluation().summary()),
              "finetune",
              arguments,
              start.remarks()),
          prepared.network(),
          start);
    } catch (IOException | RuntimeException failed) {
      prepared.close();
      throw failed;
    }
  }

  /** Rejects a folder that is there already, before anything costly is done. */
  static void requireAbsent(Path target) {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new UserError(
          "expected a new folder for the trained model, found %s; name another with --export"
              .formatted(target));
    }
  }

  /**
   * Trains, writes the model back and says what that brought.
   *
   * @param target where the trained model goes, if not into the run's folder; a new folder
   * @return the exit code
   */
  int train(Optional<Path> target, Console console) throws IOException {
    target.ifPresent(StartedFinetuning::requireAbsent);
    Path folder = target.orElse(own(run.task().folder()));
    return new ConsoleRun(console, run.task().optimizer().label())
        .run(
            run,
            outcome -> export(outcome.training().checkpoint().orElseThrow(), folder),
            outcome -> summary(outcome, folder));
  }

  /** Where the model goes by default; one that is there is that of an end cut off. */
  private static Path own(RunFolder run) {
    return run.path().resolve("model");
  }

  /** The command line with which a run goes on, its model to the same place. */
  static List<String> goOn(RunFolder run, Path target) {
    List<String> words =
        new ArrayList<>(List.of("./kfac", "finetune", "--resume", ShellWords.path(run.path())));
    if (!target.equals(own(run))) {
      words.addAll(List.of("--export", ShellWords.path(target)));
    }
    return words;
  }

  private String summary(ClassificationRun.Outcome outcome, Path folder) {
    TrainingResult<ClassificationMetrics> training = outcome.training();
    ClassificationRun task = run.task();
    if (!outcome.finished()) {
      return RunSummary.interrupted(training, task, goOn(task.folder(), folder));
    }
    Path report = writtenReport(task.folder());
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
        + ShellWords.path(task.folder().metrics())
        + "\n";
  }

  private Path writtenReport(RunFolder folder) {
    try {
      return RunReport.read(folder).write(folder.report());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the model as a checkpoint has it. */
  private void export(Path checkpoint, Path folder) {
    FinetuneGraph finetuning = network.savedModel().orElseThrow();
    try (Session session = run.task().settings().sessionThreads().open(network.graph())) {
      network.start(session);
      network.training().checkpoint().restore(session, checkpoint);
      finetuning.export(
          session,
          folder,
          folder.equals(own(run.task().folder())) ? Existing.REPLACE : Existing.REJECT);
    }
  }

  @Override
  public void close() {
    network.close();
  }
}
