package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.train.TrainingWorkers;
import io.github.tfkfac.tools.cli.ConfigOption;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.option.RunFolderOptions;
import io.github.tfkfac.tools.option.SettingOptions;
import io.github.tfkfac.tools.option.TakesSettings;
import io.github.tfkfac.tools.run.RunSettings;
import io.github.tfkfac.tools.run.SavedModelSettings;
import io.github.tfkfac.tools.setting.Setting;
import io.github.tfkfac.tools.setting.Settings;
import io.github.tfkfac.tools.worker.WorkerLaunch;
import io.github.tfkfac.tools.worker.WorkerSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Trains a SavedModel further and writes it back. */
@Command(
    name = "finetune",
    description = "Train a SavedModel further on images and write it as a SavedModel again.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class FinetuneCommand implements Callable<Integer>, TakesSettings {
  private final Console console;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin ConfigOption config = new ConfigOption();

  @Parameters(arity = "0..1", paramLabel = "MODEL", description = "Folder of the SavedModel.")
  @Nullable Path model;

  @Mixin RunFolderOptions folders = new RunFolderOptions();

  @Option(
      names = "--export",
      paramLabel = "FOLDER",
      description = "Where the trained SavedModel goes, a new folder; default RUN/model.")
  @Nullable Path export;

  /** Writes to {@code console}. */
  public FinetuneCommand(Console console) {
    this.console = console;
  }

  @Override
  public List<Setting<?>> settings() {
    return Settings.joined(RunSettings.LOADED, WorkerSettings.TABLE);
  }

  @Override
  public Map<String, String> effective(Map<String, String> given) {
    Map<String, String> all = new LinkedHashMap<>(given);
    all.keySet().removeAll(Settings.names(WorkerSettings.TABLE));
    all.put(SavedModelSettings.FOLDER.name(), String.valueOf(model));
    Map<String, String> effective = new LinkedHashMap<>(RunSettings.of(all).options());
    effective.putAll(Settings.of(WorkerSettings.TABLE, Map.of()).options());
    return effective;
  }

  @Override
  public Integer call() throws IOException {
    Optional<Path> resumed = folders.resumed();
    if (resumed.isPresent() == (model != null)) {
      throw new UserError(
          "expected the folder of a SavedModel, or --resume with the folder of a run; found "
              + (model == null ? "neither" : "both"));
    }
    Map<String, String> given = SettingOptions.given(spec, RunSettings.LOADED);
    if (model != null) {
      given.put(SavedModelSettings.FOLDER.name(), model.toString());
    }
    if (export != null) {
      StartedFinetuning.requireAbsent(export);
    }
    boolean threads = resumed.isPresent() || given.containsKey(RunSettings.THREADS.name());
    return new WorkerLaunch(console, spec, folders)
        .run(threads, workers -> train(resumed, given, workers));
  }

  private int train(Optional<Path> resumed, Map<String, String> given, TrainingWorkers workers)
      throws IOException {
    try (StartedFinetuning started =
        resumed.isPresent()
            ? StartedFinetuning.resumed(resumed.get(), given, workers, console)
            : StartedFinetuning.begun(
                given,
                folders,
                spec.commandLine().getParseResult().originalArgs(),
                workers,
                console)) {
      return started.train(Optional.ofNullable(export), console);
    }
  }
}
