package io.github.tfkfac.tools.command;

import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.option.RunFolderOptions;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.run.ClassificationRun;
import io.github.tfkfac.tools.run.DataSettings;
import io.github.tfkfac.tools.run.RecordedRun;
import io.github.tfkfac.tools.run.RunSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A SavedModel that is about to be trained.
 *
 * @param run in its folder
 * @param start the model as it was saved
 */
record StartedFinetuning(RecordedRun<ClassificationRun, ClassificationRun.Outcome> run, FinetuneStart start) {

  /** Goes on with the run in a folder. */
  static StartedFinetuning resumed(Path folder, Map<String, String> given, Console console)
      throws IOException {
    RecordedRun<ClassificationRun, ClassificationRun.Outcome> resumed = ResumedRuns.open(RunFolder.existing(folder), given, console);
    ClassificationRun run = resumed.task();
    return new StartedFinetuning(resumed, FinetuneStart.of(run.settings(), run.images(), console));
  }

  /** Begins a run; its folder is made when everything given was found to fit. */
  static StartedFinetuning begun(
      Map<String, String> given, RunFolderOptions folders, List<String> arguments, Console console)
      throws IOException {
    RunSettings settings = RunSettings.of(given);
    settings.optimizer().requireUses(given.keySet());
    folders.requireAbsent();
    DataSettings.Loaded images = settings.images();
    settings.requireFits(images);
    settings = LimitedFactors.of(settings, given, images, console);
    FinetuneStart start = FinetuneStart.of(settings, images, console);
    RunFolder folder = folders.create(settings.model() + "-" + settings.optimizer().name());
    return new StartedFinetuning(
        RecordedRun.start(
            new ClassificationRun(settings, images, folder)
                .withBefore(start.evaluation().summary()),
            "finetune",
            arguments),
        start);
  }
}
