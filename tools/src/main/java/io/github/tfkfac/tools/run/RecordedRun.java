package io.github.tfkfac.tools.run;

import io.github.tfkfac.CheckpointFolder;
import io.github.tfkfac.models.train.ClassificationMetrics;
import io.github.tfkfac.models.train.StopSignal;
import io.github.tfkfac.models.train.TrainingDivergedException;
import io.github.tfkfac.models.train.TrainingListener;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.record.Environment;
import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A classification run with its record, which says from the first moment what is run and in the end
 * how it went.
 *
 * @param run the run
 * @param record its record so far
 * @param resumeFrom the checkpoint to continue from, if any
 */
public record RecordedRun(ClassificationRun run, RunRecord record, Optional<Path> resumeFrom) {

  private static final double NANOS_PER_SECOND = 1e9;

  /**
   * A new run in an empty folder; writes its record. What is to be measured first is measured now.
   *
   * @param wanted the run
   * @param command the subcommand that starts it
   * @param arguments the command line
   */
  public static RecordedRun start(ClassificationRun wanted, String command, List<String> arguments)
      throws IOException {
    RunSettings settings = wanted.settings().measured();
    ClassificationRun run =
        new ClassificationRun(
            settings, wanted.images(), wanted.folder(), wanted.probes(), wanted.before());
    Map<String, Long> seeds = new LinkedHashMap<>();
    seeds.put("seed", settings.seed());
    if (settings.data().dataset().equals(DataSettings.GENERATED)) {
      seeds.put("generator-seed", settings.data().generatorSeed());
    }
    RunRecord record =
        new RunRecord(
            command,
            arguments,
            new LinkedHashMap<>(settings.options()),
            seeds,
            run.images().identity(),
            Environment.current(),
            Instant.now().toString(),
            Map.of());
    record.write(run.folder());
    return new RecordedRun(run, record, Optional.empty());
  }

  /**
   * A run that continues from a checkpoint.
   *
   * @throws UserError if it was started with other images
   */
  public static RecordedRun resume(ClassificationRun run, RunRecord record, Path checkpoint) {
    requireSame(record, run.images(), List.copyOf(record.data().keySet()));
    return new RecordedRun(run, record, Optional.of(checkpoint));
  }

  /**
   * Rejects images other than those of a record.
   *
   * @param parts which entries of {@link DataSettings.Loaded#identity()} have to agree
   * @throws UserError naming the first that does not
   */
  public static void requireSame(RunRecord record, DataSettings.Loaded images, List<String> parts) {
    Map<String, String> now = images.identity();
    for (String part : parts) {
      String before = record.data().getOrDefault(part, now.getOrDefault(part, ""));
      if (!before.equals(now.get(part))) {
        throw new UserError(
            "expected the images that the run was started with (%s = %s), found %s; give the same data"
                .formatted(part, before, now.get(part)));
      }
    }
  }

  /** The options of a record as text. */
  public static Map<String, String> options(RunRecord record) {
    Map<String, String> options = new LinkedHashMap<>();
    record.options().forEach((name, value) -> options.put(name, String.valueOf(value)));
    return options;
  }

  /** Options with what a run measured where they ask for the measurement. */
  public static Map<String, String> asRecorded(Map<String, String> options, RunRecord record) {
    String recorded = options(record).getOrDefault(MeasuredSolver.OPTION, "");
    Map<String, String> same = new LinkedHashMap<>(options);
    same.computeIfPresent(
        MeasuredSolver.OPTION,
        (name, value) -> MeasuredSolver.isChoice(value, recorded) ? recorded : value);
    return same;
  }

  /**
   * The settings in a run's record, changed by nothing but the place of the data.
   *
   * @param given options of the present command line
   * @throws UserError if an option contradicts the record
   */
  public static RunSettings settings(
      RunFolder folder, RunRecord record, Map<String, String> given) {
    Map<String, String> options = options(record);
    Optional.ofNullable(given.get("data")).ifPresent(data -> options.put("data", data));
    RunSettings recorded = RunSettings.of(options);
    recorded.optimizer().requireUses(given.keySet());
    options.putAll(asRecorded(given, record));
    Map<String, String> before = recorded.options();
    RunSettings.of(options)
        .options()
        .forEach(
            (name, now) -> {
              if (!Objects.equals(before.get(name), now)) {
                throw new UserError(
                    "expected the options of %s, found --%s %s where the run has %s; leave it out or start a new run"
                        .formatted(folder.path(), name, now, before.get(name)));
              }
            });
    return recorded;
  }

  /** Records that the run cannot continue because its numbers are no longer finite. */
  public void diverged(TrainingDivergedException why) throws IOException {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("diverged", String.valueOf(why.getMessage()));
    result.put("steps", why.step());
    record.withResult(result).write(run.folder());
  }

  /**
   * Trains to the end or until a stop is requested; the end is recorded.
   *
   * @param listeners told of the progress
   * @param stop ends the run early when requested
   */
  public ClassificationRun.Outcome run(List<TrainingListener> listeners, StopSignal stop)
      throws IOException {
    double before = secondsBefore();
    long start = System.nanoTime();
    ClassificationRun.Outcome outcome = run.run(resumeFrom, listeners, stop);
    if (outcome.finished()) {
      double seconds = before + (System.nanoTime() - start) / NANOS_PER_SECOND;
      record.withResult(result(outcome, seconds)).write(run.folder());
    }
    return outcome;
  }

  private double secondsBefore() throws IOException {
    if (resumeFrom.isEmpty()) {
      return 0;
    }
    long step = CheckpointFolder.stepOf(resumeFrom.get());
    return MetricsCsv.read(run.folder().metrics()).stream()
        .filter(row -> row.step() <= step)
        .map(MetricsRow::values)
        .mapToDouble(values -> values.getOrDefault(MetricsListener.SECONDS, 0.0))
        .sum();
  }

  private static Map<String, Object> result(ClassificationRun.Outcome outcome, double seconds) {
    ClassificationMetrics evaluation = outcome.training().evaluation().orElseThrow();
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("test_accuracy", evaluation.accuracy());
    result.put("test_loss", evaluation.loss());
    result.put("test_images", evaluation.images());
    result.put("steps", outcome.training().step());
    result.put("wall_seconds", seconds);
    result.put("health", outcome.health());
    return result;
  }
}
