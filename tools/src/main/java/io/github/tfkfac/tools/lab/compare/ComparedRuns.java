package io.github.tfkfac.tools.lab.compare;

import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import io.github.tfkfac.tools.run.ClassificationRun;
import io.github.tfkfac.tools.run.DataSettings;
import io.github.tfkfac.tools.run.RecordedRun;
import io.github.tfkfac.tools.run.ResumePoint;
import io.github.tfkfac.tools.run.RunProbe;
import io.github.tfkfac.tools.run.RunSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The runs of a comparison, started, resumed or skipped as their folders demand.
 *
 * @param folder of the comparison
 * @param images of all runs
 * @param arguments the command line, for records
 * @param notes told of damaged checkpoints that are skipped
 * @param probes of every run
 */
public record ComparedRuns(
    Path folder,
    DataSettings.Loaded images,
    List<String> arguments,
    Consumer<String> notes,
    List<RunProbe> probes) {

  public ComparedRuns {
    probes = List.copyOf(probes);
  }

  /**
   * The run of an arm with a seed; empty if it has ended before.
   *
   * @throws UserError if the folder has a run with other options or of other images
   */
  public Optional<RecordedRun<ClassificationRun, ClassificationRun.Outcome>> open(
      Arm arm, long seed) throws IOException {
    RunSettings wanted = arm.settings(seed);
    Path path = folder.resolve(arm.folder(seed));
    if (!Files.exists(path)) {
      return Optional.of(begin(wanted, RunFolder.create(path)));
    }
    RunFolder existing = RunFolder.existing(path);
    RunRecord record = RunRecord.read(existing);
    RunSettings settings = RunSettings.of(RecordedRun.asRecorded(wanted.options(), record));
    requireSameOptions(path, record, settings);
    RecordedRun.requireSame(record, images.identity(), record.data().keySet());
    if (!record.result().isEmpty()) {
      return Optional.empty();
    }
    ResumePoint point = ResumePoint.in(ClassificationRun.checkpoints(existing));
    point.skipped().forEach(notes);
    Optional<Path> checkpoint = point.checkpoint();
    if (checkpoint.isPresent()) {
      return Optional.of(
          RecordedRun.resume(
              new ClassificationRun(settings, images, existing, probes), record, checkpoint));
    }
    removeUnsavedRun(path);
    return Optional.of(begin(wanted, RunFolder.create(path)));
  }

  private RecordedRun<ClassificationRun, ClassificationRun.Outcome> begin(
      RunSettings settings, RunFolder run) throws IOException {
    return RecordedRun.start(
        new ClassificationRun(settings, images, run, probes), "compare", arguments);
  }

  private static void requireSameOptions(Path path, RunRecord record, RunSettings settings) {
    Map<String, String> before = RecordedRun.options(record);
    settings
        .values()
        .forEach(
            (name, now) -> {
              if (before.containsKey(name) && !now.equals(before.get(name))) {
                throw new UserError(
                    "expected the options of the run in %s, found %s = %s where it has %s; compare with the same options or in another folder"
                        .formatted(path, name, now, before.get(name)));
              }
            });
  }

  /** A run that was ended before its first checkpoint has nothing to continue from. */
  private static void removeUnsavedRun(Path path) throws IOException {
    try (Stream<Path> entries = Files.walk(path)) {
      for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(entry);
      }
    }
  }
}
