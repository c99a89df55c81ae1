package io.github.tfkfac.tools.detect;

import io.github.tfkfac.Checkpoint;
import io.github.tfkfac.detection.train.DetectionListener;
import io.github.tfkfac.models.train.StopSignal;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.record.Environment;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import io.github.tfkfac.tools.run.ResumePoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A detector's run with its record.
 *
 * @param run the run
 * @param record its record so far
 * @param resume the checkpoint to continue from, if any
 */
public record RecordedDetectorRun(DetectorRun run, RunRecord record, ResumePoint resume) {

  /** A new run in an empty folder; writes its record. What is rejected leaves no folder. */
  public static RecordedDetectorRun start(
      RunFolder folder, DetectionSettings given, String command, List<String> arguments)
      throws IOException {
    try {
      DetectionSettings settings = given.forWeights();
      DetectorRun run = DetectorRun.in(folder, settings);
      run.requireTrainable();
      RunRecord record =
          new RunRecord(
              command,
              arguments,
              new LinkedHashMap<>(settings.options()),
              Map.of("seed", settings.seed()),
              run.images().identity(),
              Environment.current(),
              Instant.now().toString(),
              Map.of());
      record.write(folder);
      return new RecordedDetectorRun(run, record, new ResumePoint(Optional.empty(), List.of()));
    } catch (IOException | RuntimeException rejected) {
      folder.discard();
      throw rejected;
    }
  }

  /**
   * The run of a folder, to be resumed or evaluated.
   *
   * @param given options of the present command line, which may name the data's new place
   * @throws UserError if an option contradicts the record
   */
  public static RecordedDetectorRun open(RunFolder folder, Map<String, String> given)
      throws IOException {
    RunRecord record = RunRecord.read(folder);
    Map<String, String> options = new LinkedHashMap<>();
    record.options().forEach((name, value) -> options.put(name, String.valueOf(value)));
    Map<String, String> before = DetectionSettings.of(options).values();
    if (given.containsKey("data") || given.containsKey("annotations")) {
      DetectionData.OPTIONS.forEach(options::remove);
    }
    options.putAll(given);
    DetectionSettings settings = DetectionSettings.of(options);
    Map<String, String> values = settings.values();
    before.keySet().forEach(name -> values.putIfAbsent(name, given.getOrDefault(name, "")));
    values.forEach(
        (name, now) -> {
          if (!Objects.equals(before.get(name), now)) {
            throw new UserError(
                "expected the options of %s, found --%s %s where the run has %s; leave it out or start a new run"
                    .formatted(folder.path(), name, now, before.get(name)));
          }
        });
    settings.data().requireExisting(folder.path());
    DetectorRun run = DetectorRun.in(folder, settings);
    requireCategories(record, run);
    return new RecordedDetectorRun(run, record, ResumePoint.in(run.checkpoints()));
  }

  /** Rejects data whose categories are not those that were trained. */
  private static void requireCategories(RunRecord record, DetectorRun run) {
    String now = run.images().identity().get(DetectionImages.CATEGORIES);
    String then = record.data().getOrDefault(DetectionImages.CATEGORIES, now);
    if (!Objects.equals(then, now)) {
      throw new UserError(
          "expected the categories that %s was trained on, %s, found %s; give the data those ids"
              .formatted(run.folder().path(), then, now));
    }
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

  /**
   * Trains to the end or until a stop is requested; the end is recorded.
   *
   * @param warnings told of images that are left out
   */
  public DetectorOutcome run(
      List<? extends DetectionListener> listeners, Consumer<String> warnings, StopSignal stop)
      throws IOException {
    long start = System.nanoTime();
    run.images().warnings().forEach(warnings);
    DetectorOutcome outcome = trained(listeners, warnings, stop);
    if (outcome.finished()) {
      Map<String, Object> result = new LinkedHashMap<>(outcome.result());
      result.put("wall_seconds", (System.nanoTime() - start) / 1e9);
      record.withResult(result).write(run.folder());
    }
    return outcome;
  }

  private DetectorOutcome trained(
      List<? extends DetectionListener> listeners, Consumer<String> warnings, StopSignal stop)
      throws IOException {
    try {
      return run.run(resume.checkpoint(), listeners, warnings, stop);
    } catch (IOException | RuntimeException failed) {
      run.folder().discard();
      throw failed;
    }
  }
}
