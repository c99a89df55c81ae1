package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.train.TrainingWorkers;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.run.RunSettings;
import io.github.tfkfac.tools.run.SavedModelSettings;
import io.github.tfkfac.tools.setting.Settings;
import io.github.tfkfac.tools.worker.WorkerSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trains a SavedModel further and writes it back. */
@Command(
    name = "finetune",
    description = "Train a SavedModel further on images and write it as a SavedModel again.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class FinetuneCommand extends RunCommand {

  @Parameters(arity = "0..1", paramLabel = "MODEL", description = "Folder of the SavedModel.")
  @Nullable Path model;

  @Option(
      names = "--export",
      paramLabel = "FOLDER",
      description = "Where the trained SavedModel goes, a new folder; default RUN/model.")
  @Nullable Path export;

  /** Writes to {@code console}. */
  public FinetuneCommand(Console console) {
    super(console, RunSettings.LOADED);
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
  Map<String, String> given() {
    if (folders.resumed().isPresent() == (model != null)) {
      throw new UserError(
          "expected the folder of a SavedModel, or --resume with the folder of a run; found "
              + (model == null ? "neither" : "both"));
    }
    Map<String, String> given = super.given();
    if (model != null) {
      given.put(SavedModelSettings.FOLDER.name(), model.toString());
    }
    if (export != null) {
      StartedFinetuning.requireAbsent(export);
    }
    return given;
  }

  @Override
  int train(Map<String, String> given, TrainingWorkers workers) throws IOException {
    Optional<Path> resumed = folders.resumed();
    try (StartedFinetuning started =
        resumed.isPresent()
            ? StartedFinetuning.resumed(resumed.get(), given, workers, console)
            : StartedFinetuning.begun(given, folders, arguments(), workers, console)) {
      return started.train(Optional.ofNullable(export), console);
    }
  }
}
