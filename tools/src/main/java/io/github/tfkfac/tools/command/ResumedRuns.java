package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.train.TrainingWorkers;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import io.github.tfkfac.tools.render.Quantities;
import io.github.tfkfac.tools.run.ClassificationRun;
import io.github.tfkfac.tools.run.RecordedRun;
import io.github.tfkfac.tools.run.ResumePoint;
import io.github.tfkfac.tools.run.RunSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Opens previous runs. */
public final class ResumedRuns {

  private ResumedRuns() {}

  /** The run of a folder, to continue from its newest whole checkpoint. */
  public static RecordedRun<ClassificationRun, ClassificationRun.Outcome> open(
      RunFolder folder, Map<String, String> given, TrainingWorkers workers, Console console)
      throws IOException {
    RunRecord record = RunRecord.read(folder);
    RunSettings settings = RecordedRun.settings(folder, record, given);
    if (!record.result().isEmpty()) {
      throw new UserError(
          "the run %s is complete (test accuracy %s); start a new one"
              .formatted(folder.path(), accuracy(record)));
    }
    // Other workers get the values of the chief.
    Path checkpoint = workers.isChief() ? checkpoint(folder, console) : folder.checkpoints();
    ClassificationRun run =
        new ClassificationRun(settings, settings.images(), folder).with(workers);
    return RecordedRun.resume(run, record, Optional.of(checkpoint));
  }

  private static String accuracy(RunRecord record) {
    return record.result().get("test_accuracy") instanceof Number part
        ? Quantities.accuracy(part.doubleValue())
        : "unknown";
  }

  /** The newest whole checkpoint of a run; damaged newer ones are named. */
  public static Path checkpoint(RunFolder folder, Console console) {
    ResumePoint point = ResumePoint.in(ClassificationRun.checkpoints(folder));
    Path checkpoint = point.require(folder.checkpoints());
    point.skipped().forEach(problem -> skipped(problem, console));
    return checkpoint;
  }

  /** Says what is wrong with a checkpoint that is not used. */
  public static void skipped(String problem, Console console) {
    console.err().println("kfac: skipped: " + problem);
  }
}
