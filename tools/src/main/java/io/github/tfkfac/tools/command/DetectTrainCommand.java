package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.train.TrainingWorkers;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.detect.DetectionSettings;
import io.github.tfkfac.tools.detect.DetectorOutcome;
import io.github.tfkfac.tools.detect.DetectorRun;
import io.github.tfkfac.tools.detect.RecordedDetectorRun;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.run.RecordedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;

/** Trains a detector, or resumes an interrupted training. */
@Command(
    name = "train",
    description = {
      "Train Faster R-CNN or Mask R-CNN.",
      "Without options: a small one on shapes that the program draws, by NKFAC, in a few minutes."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class DetectTrainCommand extends RunCommand {

  /** Writes to {@code console}. */
  public DetectTrainCommand(Console console) {
    super(console, DetectionSettings.TABLE);
  }

  @Override
  int train(Map<String, String> given, TrainingWorkers workers) throws IOException {
    Optional<Path> resumed = folders.resumed();
    if (resumed.isPresent()) {
      return train(resumed(RunFolder.existing(resumed.get()), given, workers));
    }
    DetectionSettings settings = DetectionSettings.of(given);
    if (workers.isChief()) {
      return train(begin(settings, workers));
    }
    RunFolder own = new RunFolder(Files.createTempDirectory("kfac-worker"));
    try {
      return train(started(own, settings, workers));
    } finally {
      own.discard();
    }
  }

  private int train(RecordedRun<DetectorRun, DetectorOutcome> run) throws IOException {
    return new ConsoleRun(console, run.task().optimizer().label())
        .run(run, outcome -> DetectorSummary.of(run.task(), outcome));
  }

  private RecordedRun<DetectorRun, DetectorOutcome> begin(
      DetectionSettings settings, TrainingWorkers workers) throws IOException {
    folders.requireAbsent();
    RunFolder folder = folders.create(settings.name() + "-" + settings.optimizer().name());
    return started(folder, settings, workers);
  }

  private RecordedRun<DetectorRun, DetectorOutcome> started(
      RunFolder folder, DetectionSettings settings, TrainingWorkers workers) throws IOException {
    return RecordedDetectorRun.start(folder, settings, workers, "detect train", arguments());
  }

  private RecordedRun<DetectorRun, DetectorOutcome> resumed(
      RunFolder folder, Map<String, String> given, TrainingWorkers workers) throws IOException {
    RecordedDetectorRun run = RecordedDetectorRun.open(folder, given).with(workers);
    if (run.complete()) {
      throw new UserError("the run " + folder.path() + " is complete; start a new one");
    }
    return run.resumed(ResumedRuns.start(run.run(), console));
  }
}
