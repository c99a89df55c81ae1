package io.github.tfkfac.tools.command;

import io.github.tfkfac.tools.cli.ConfigOption;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.detect.DetectionSettings;
import io.github.tfkfac.tools.detect.DetectorOutcome;
import io.github.tfkfac.tools.detect.DetectorRun;
import io.github.tfkfac.tools.detect.RecordedDetectorRun;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.option.RunFolderOptions;
import io.github.tfkfac.tools.option.SettingOptions;
import io.github.tfkfac.tools.option.TakesSettings;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.run.RecordedRun;
import io.github.tfkfac.tools.setting.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Trains a detector, or resumes an interrupted training. */
@Command(
    name = "train",
    description = {
      "Train Faster R-CNN or Mask R-CNN.",
      "Without options: a small one on shapes that the program draws, by NKFAC, in a few minutes."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class DetectTrainCommand implements Callable<Integer>, TakesSettings {
  private final Console console;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin ConfigOption config = new ConfigOption();
  @Mixin RunFolderOptions folders = new RunFolderOptions();

  /** Writes to {@code console}. */
  public DetectTrainCommand(Console console) {
    this.console = console;
  }

  @Override
  public List<Setting<?>> settings() {
    return DetectionSettings.TABLE;
  }

  @Override
  public Integer call() throws IOException {
    Map<String, String> given = SettingOptions.given(spec, settings());
    Optional<Path> resumed = folders.resumed();
    RecordedRun<DetectorRun, DetectorOutcome> run =
        resumed.isPresent()
            ? resumed(RunFolder.existing(resumed.get()), given)
            : begin(DetectionSettings.of(given));
    return new ConsoleRun(console, run.task().optimizer().label())
        .run(run, outcome -> DetectorSummary.of(run.task(), outcome));
  }

  private RecordedRun<DetectorRun, DetectorOutcome> begin(DetectionSettings settings)
      throws IOException {
    folders.requireAbsent();
    RunFolder folder = folders.create(settings.name() + "-" + settings.optimizer().name());
    return RecordedDetectorRun.start(
        folder, settings, "detect train", spec.commandLine().getParseResult().originalArgs());
  }

  private RecordedRun<DetectorRun, DetectorOutcome> resumed(
      RunFolder folder, Map<String, String> given) throws IOException {
    RecordedDetectorRun run = RecordedDetectorRun.open(folder, given);
    if (run.complete()) {
      throw new UserError("the run " + folder.path() + " is complete; start a new one");
    }
    run.requireCheckpoint();
    return run.resumed(problem -> ResumedRuns.skipped(problem, console));
  }
}
