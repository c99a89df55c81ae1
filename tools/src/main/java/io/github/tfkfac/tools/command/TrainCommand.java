package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.train.TrainingWorkers;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import io.github.tfkfac.tools.run.ClassificationRun;
import io.github.tfkfac.tools.run.RecordedRun;
import io.github.tfkfac.tools.run.RunSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;

/** Trains a classifier, or resumes an interrupted training. */
@Command(
    name = "train",
    description = {
      "Train a network to classify images.",
      "Without options: ResNet-20 on images that the program draws, by NKFAC, in a few minutes."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class TrainCommand extends RunCommand {

  /** Writes to {@code console}. */
  public TrainCommand(Console console) {
    super(console, RunSettings.BUILT);
  }

  @Override
  int train(Map<String, String> given, TrainingWorkers workers) throws IOException {
    Optional<Path> resumed = folders.resumed();
    if (resumed.isPresent()) {
      RunFolder folder = RunFolder.existing(resumed.get());
      requireNetwork(folder);
      return train(ResumedRuns.open(folder, given, workers, console));
    }
    try (PreparedRun prepared = PreparedRun.of(given, folders, workers, console)) {
      return train(RecordedRun.start(prepared.in(folders), "train", arguments()));
    }
  }

  /** Rejects the run of a SavedModel, which would end without the trained model. */
  private static void requireNetwork(RunFolder folder) throws IOException {
    if (RunRecord.read(folder).command().equals("finetune")) {
      throw new UserError(
          "expected a run of 'kfac train', found one of 'kfac finetune' in %s; resume with 'kfac finetune --resume'"
              .formatted(folder.path()));
    }
  }

  private int train(RecordedRun<ClassificationRun, ClassificationRun.Outcome> run)
      throws IOException {
    return new ConsoleRun(console, run.task().optimizer().label())
        .run(run, outcome -> RunSummary.of(outcome, run.task()));
  }
}
