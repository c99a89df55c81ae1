package io.github.tfkfac.tools.command;

import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import io.github.tfkfac.tools.run.ClassEvaluation;
import io.github.tfkfac.tools.run.DataSettings;
import io.github.tfkfac.tools.run.RecordedLayout;
import io.github.tfkfac.tools.run.RecordedRun;
import io.github.tfkfac.tools.run.RunSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint to be evaluated.
 *
 * @param folder of its run
 * @param record of its run
 * @param settings of its run, with the test images, folder and threads of the evaluation
 * @param checkpoint its folder
 * @param batch images per batch of the evaluation
 */
record EvaluatedRun(
    RunFolder folder, RunRecord record, RunSettings settings, Path checkpoint, int batch) {

  /** The checkpoint at a path, or the newest whole one of the run at a path. */
  static EvaluatedRun at(Path path, Map<String, String> given, Console console) throws IOException {
    for (String name : List.of("model", "dataset")) {
      if (given.containsKey(name)) {
        throw new UserError("--" + name + " is that of the run; leave it out");
      }
    }
    RunFolder folder = RunFolder.existing(isCheckpoint(path) ? runOf(path) : path);
    RunRecord record = RunRecord.read(folder);
    record.requireTraining(folder, false);
    Map<String, String> options = new LinkedHashMap<>(RecordedRun.options(record));
    Map<String, String> changes = new LinkedHashMap<>(given);
    @Nullable String batch = changes.remove("batch");
    options.putAll(changes);
    RunSettings settings = RunSettings.of(options);
    return new EvaluatedRun(
        folder,
        record,
        settings,
        isCheckpoint(path) ? path : ResumedRuns.checkpoint(folder, console),
        batch == null ? settings.batch() : Integer.parseInt(batch));
  }

  private static boolean isCheckpoint(Path path) {
    return Files.isRegularFile(path.resolve("checkpoint.properties"));
  }

  private static Path runOf(Path checkpoint) {
    return checkpoint.toAbsolutePath().normalize().resolve("../..").normalize();
  }

  EvaluationText evaluate() {
    DataSettings.Loaded images = settings.images();
    RecordedRun.requireSame(record, images.identity(), List.of("train", "train_sha256"));
    return new EvaluationText(
        settings.model(),
        checkpoint,
        images.test().toString(),
        ClassEvaluation.ofCheckpoint(
            settings, images, RecordedLayout.of(record).reader(folder), checkpoint, batch));
  }
}
