package io.github.tfkfac.tools.command;

import io.github.tfkfac.CheckpointFolder;
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
import io.github.tfkfac.tools.run.Task;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Opens previous runs. */
public final class ResumedRuns {

  private static final long NONE = -1;

  private ResumedRuns() {}

  /**
   * The run of a folder, to continue from its newest whole checkpoint, or to begin again if it has
   * none yet.
   *
   * @throws io.github.tfkfac.CheckpointException if all of its checkpoints are damaged
   */
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
    ClassificationRun run =
        new ClassificationRun(settings, settings.images(), folder).with(workers);
    return RecordedRun.resume(run, record, start(run, console));
  }

  private static String accuracy(RunRecord record) {
    return record.result().get("test_accuracy") instanceof Number part
        ? Quantities.accuracy(part.doubleValue())
        : "unknown";
  }

  /**
   * The checkpoint from which a run goes on, with a line about each damaged newer one; nothing if
   * it has none yet, with a line that it begins again. The chief's counts; workers that divide the
   * state take their own of the same step, and others none.
   *
   * @throws io.github.tfkfac.CheckpointException if all of the chief's are damaged
   */
  public static Optional<Path> start(Task<?, ?> run, Console console) {
    TrainingWorkers workers = run.workers();
    Optional<Path> ofChief = workers.isChief() ? newest(run, console) : Optional.empty();
    if (!workers.isDivided()) {
      return ofChief;
    }
    long step = workers.toldByChief(ofChief.map(CheckpointFolder::stepOf).orElse(NONE));
    return step == NONE ? Optional.empty() : Optional.of(run.checkpoints().of(step));
  }

  private static Optional<Path> newest(Task<?, ?> run, Console console) {
    ResumePoint point = ResumePoint.in(run.checkpoints());
    Optional<Path> newest = point.orStart();
    point.skipped().forEach(problem -> skipped(problem, console));
    if (newest.isEmpty()) {
      console
          .err()
          .println(
              "kfac: the run %s has no checkpoint yet; it begins again, with its settings and seed"
                  .formatted(run.folder().path()));
    }
    return newest;
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
