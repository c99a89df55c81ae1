package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.train.TrainingWorkers;
import io.github.tfkfac.tools.cli.ConfigOption;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.option.RunFolderOptions;
import io.github.tfkfac.tools.option.SettingOptions;
import io.github.tfkfac.tools.option.TakesSettings;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.run.ClassificationRun;
import io.github.tfkfac.tools.run.RecordedRun;
import io.github.tfkfac.tools.run.RunSettings;
import io.github.tfkfac.tools.setting.Setting;
import io.github.tfkfac.tools.setting.Settings;
import io.github.tfkfac.tools.worker.WorkerLaunch;
import io.github.tfkfac.tools.worker.WorkerSettings;
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

/** Trains a classifier, or resumes an interrupted training. */
@Command(
    name = "train",
    description = {
      "Train a network to classify images.",
      "Without options: ResNet-20 on images that the program draws, by NKFAC, in a few minutes."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class TrainCommand implements Callable<Integer>, TakesSettings {
  private final Console console;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin ConfigOption config = new ConfigOption();

  @Mixin RunFolderOptions folders = new RunFolderOptions();

  /** Writes to {@code console}. */
  public TrainCommand(Console console) {
    this.console = console;
  }

  @Override
  public List<Setting<?>> settings() {
    return Settings.joined(RunSettings.BUILT, WorkerSettings.TABLE);
  }

  @Override
  public Integer call() throws IOException {
    Map<String, String> given = SettingOptions.given(spec, RunSettings.BUILT);
    boolean threads =
        folders.resumed().isPresent() || given.containsKey(RunSettings.THREADS.name());
    return new WorkerLaunch(console, spec, folders).run(threads, workers -> train(given, workers));
  }

  private int train(Map<String, String> given, TrainingWorkers workers) throws IOException {
    Optional<Path> resumed = folders.resumed();
    if (resumed.isPresent()) {
      return train(ResumedRuns.open(RunFolder.existing(resumed.get()), given, workers, console));
    }
    try (PreparedRun prepared = PreparedRun.of(given, folders, workers, console)) {
      return train(
          RecordedRun.start(
              prepared.in(folders), "train", spec.commandLine().getParseResult().originalArgs()));
    }
  }

  private int train(RecordedRun<ClassificationRun, ClassificationRun.Outcome> run)
      throws IOException {
    return new ConsoleRun(console, run.task().optimizer().label())
        .run(run, outcome -> RunSummary.of(outcome, run.task()));
  }
}
