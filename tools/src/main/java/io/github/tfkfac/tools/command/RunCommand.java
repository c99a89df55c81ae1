package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.train.TrainingWorkers;
import io.github.tfkfac.tools.cli.ConfigOption;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.option.RunFolderOptions;
import io.github.tfkfac.tools.option.SettingOptions;
import io.github.tfkfac.tools.option.TakesSettings;
import io.github.tfkfac.tools.run.RunSettings;
import io.github.tfkfac.tools.setting.Setting;
import io.github.tfkfac.tools.setting.Settings;
import io.github.tfkfac.tools.worker.LocalParent;
import io.github.tfkfac.tools.worker.WorkerLaunch;
import io.github.tfkfac.tools.worker.WorkerSettings;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Command that trains in a run's folder, alone or as one of several workers. */
abstract class RunCommand implements Callable<Integer>, TakesSettings {
  final Console console;
  private final List<Setting<?>> table;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin ConfigOption config = new ConfigOption();
  @Mixin RunFolderOptions folders = new RunFolderOptions();

  /** Takes the settings of a table, and those of workers. */
  RunCommand(Console console, List<Setting<?>> table) {
    this.console = console;
    this.table = table;
  }

  /** Begins or resumes the run; returns the exit code. */
  abstract int train(Map<String, String> given, TrainingWorkers workers) throws IOException;

  /** The table's settings that were given. */
  Map<String, String> given() {
    return SettingOptions.given(spec, table);
  }

  /** The command line as it was typed, for the run's record. */
  final List<String> arguments() {
    List<String> arguments = spec.commandLine().getParseResult().originalArgs();
    return LocalParent.ofThisProcess().map(parent -> parent.typed(arguments)).orElse(arguments);
  }

  @Override
  public final List<Setting<?>> settings() {
    return Settings.joined(table, WorkerSettings.TABLE);
  }

  @Override
  public final Integer call() throws IOException {
    Map<String, String> given = given();
    boolean threads =
        folders.resumed().isPresent() || given.containsKey(RunSettings.THREADS.name());
    return new WorkerLaunch(console, spec, folders).run(threads, workers -> train(given, workers));
  }
}
