package io.github.tfkfac.tools.detect;

import io.github.tfkfac.Checkpoint;
import io.github.tfkfac.models.train.TrainingWorkers;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import io.github.tfkfac.tools.run.RecordedLayout;
import io.github.tfkfac.tools.run.RecordedRun;
import io.github.tfkfac.tools.run.ResumePoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A detector's run that was started before, to be resumed, evaluated or asked for predictions.
 *
 * @param run the run
 * @param record its record
 * @param resume the checkpoint to continue from, if any
 */
public record RecordedDetectorRun(DetectorRun run, RunRecord record, ResumePoint resume) {

  /** A new run in an empty folder; writes its record. What is rejected leaves no folder. */
  public static RecordedRun<DetectorRun, DetectorOutcome> start(
      RunFolder folder, DetectionSettings given, String command, List<String> arguments)
      throws IOException {
    return start(folder, given, TrainingWorkers.alone(), command, arguments);
  }

  /** The same as one of several workers. */
  public static RecordedRun<DetectorRun, DetectorOutcome> start(
      RunFolder folder,
      DetectionSettings given,
      TrainingWorkers workers,
      String command,
      List<String> arguments)
      throws IOException {
    try {
      DetectorRun run = DetectorRun.in(folder, given.forWeights()).with(workers);
      run.requireTrainable();
      return RecordedRun.start(run, command, arguments);
    } catch (IOException | RuntimeException rejected) {
      folder.discard();
      throw rejected;
    }
  }

  /**
   * The run of a folder.
   *
   * @param given options of the present command line, which may name the data's new place
   * @throws UserError if an option contradicts the record
   */
  public static RecordedDetectorRun open(RunFolder folder, Map<String, String> given)
      throws IOException {
    RunRecord record = RunRecord.read(folder);
    record.requireTraining(folder, true);
    Map<String, String> options = RecordedRun.options(record);
    Map<String, String> before = DetectionSettings.of(options).values();
    if (given.containsKey("data") || given.containsKey("annotations")) {
      DetectionData.OPTIONS.forEach(options::remove);
    }
    options.putAll(RecordedRun.asRecorded(given, record));
    DetectionSettings settings = DetectionSettings.of(options);
    Map<String, String> values = settings.values();
    before.keySet().forEach(name -> values.putIfAbsent(name, given.getOrDefault(name, "")));
    RecordedRun.requireSameOptions(folder, before, values);
    settings.data().requireExisting(folder.path());
    DetectorRun run =
        DetectorRun.in(folder, settings).with(RecordedLayout.of(record).reader(folder));
    requireCategories(record, run);
    return new RecordedDetectorRun(run, record, ResumePoint.in(run.checkpoints()));
  }

  /** Rejects data whose categories are not those that were trained. */
  private static void requireCategories(RunRecord record, DetectorRun run) {
    String now = run.identity().get(DetectionImages.CATEGORIES);
    String then = record.data().getOrDefault(DetectionImages.CATEGORIES, now);
    if (!Objects.equals(then, now)) {
      throw new UserError(
          "expected the categories that %s was trained on, %s, found %s; give the data those ids"
              .formatted(run.folder().path(), then, now));
    }
  }

  /** The same as one of several workers. */
  public RecordedDetectorRun with(TrainingWorkers workers) {
    return new RecordedDetectorRun(run.with(workers), record, resume);
  }

  /**
   * The run, to be continued from a checkpoint, or to begin again without one.
   *
   * @throws UserError if the images are not those that it was started with
   */
  public RecordedRun<DetectorRun, DetectorOutcome> resumed(Optional<Path> checkpoint) {
    RecordedRun.requireSame(
        record, DetectionImages.withNamesOf(record.data(), run.identity()), record.data().keySet());
    return new RecordedRun<>(run, record, checkpoint, false);
  }

  /**
   * Rejects a run without a checkpoint.
   *
   * @throws io.github.tfkfac.CheckpointException if there is none that is whole
   */
  public Path requireCheckpoint() {
    return resume.require(run.folder().checkpoints());
  }

  /**
   * The checkpoint of that folder, or the newest that is whole.
   *
   * @param warnings told of newer ones that are damaged
   * @throws io.github.tfkfac.CheckpointException if there is none that is whole
   */
  public Path checkpoint(Optional<Path> given, Consumer<String> warnings) {
    if (given.isPresent()) {
      Checkpoint.verify(given.get());
      return given.get();
    }
    Path newest = requireCheckpoint();
    resume.skipped().forEach(problem -> warnings.accept("skipped: " + problem));
    return newest;
  }

  /** Whether the run is complete. */
  public boolean complete() {
    return !record.result().isEmpty();
  }
}
