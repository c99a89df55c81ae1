package io.github.tfkfac.tools.run;

import io.github.tfkfac.CheckpointFolder;
import io.github.tfkfac.models.train.StopSignal;
import io.github.tfkfac.models.train.TrainingDivergedException;
import io.github.tfkfac.models.train.TrainingListener;
import io.github.tfkfac.models.train.TrainingWorkers;
import io.github.tfkfac.tools.cli.ShellWords;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.record.Environment;
import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import io.github.tfkfac.tools.record.Versions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.function.Consumer;
import org.tensorflow.TensorFlow;

/**
 * A run with its record, which says from the first moment what is run and in the end how it went.
 *
 * @param task what is trained
 * @param record its record so far
 * @param resumeFrom the checkpoint to continue from, if any
 * @param begun whether its folder was made for it now, and goes if nothing is trained
 */
public record RecordedRun<T extends Task<T, O>, O extends Task.Outcome>(
    T task, RunRecord record, Optional<Path> resumeFrom, boolean begun) {

  private static final double NANOS_PER_SECOND = 1e9;

  /**
   * A new run in an empty folder; writes its record. What is to be measured first is measured now.
   *
   * @param wanted what is trained
   * @param command the subcommand that starts it
   * @param arguments the command line
   */
  public static <T extends Task<T, O>, O extends Task.Outcome> RecordedRun<T, O> start(
      Task<T, O> wanted, String command, List<String> arguments) throws IOException {
    return start(wanted, command, arguments, List.of());
  }

  /** The same with remarks for its report. */
  public static <T extends Task<T, O>, O extends Task.Outcome> RecordedRun<T, O> start(
      Task<T, O> wanted, String command, List<String> arguments, List<String> remarks)
      throws IOException {
    T task = wanted.measured();
    Map<String, Object> options = new LinkedHashMap<>(task.all().options());
    options.putAll(RecordedLayout.options(task.workers()));
    RunRecord record =
        new RunRecord(
            command,
            arguments,
            options,
            task.seeds(),
            task.identity(),
            Environment.current(),
            Instant.now().toString(),
            Map.of(),
            remarks);
    if (task.workers().isChief()) {
      record.write(task.folder());
    }
    return new RecordedRun<>(task, record, Optional.empty(), true);
  }

  /**
   * A run that continues from a checkpoint, or begins again without one.
   *
   * @throws UserError if it was started with other data
   */
  public static <T extends Task<T, O>, O extends Task.Outcome> RecordedRun<T, O> resume(
      T task, RunRecord record, Optional<Path> checkpoint) {
    requireSame(record, task.identity(), record.data().keySet());
    return new RecordedRun<>(task, record, checkpoint, false);
  }

  /** The same of a task with more that is known, and with remarks for its report. */
  public RecordedRun<T, O> with(T other, List<String> remarks) {
    return new RecordedRun<>(other, record.withRemarks(remarks), resumeFrom, begun);
  }

  /**
   * Rejects data other than those of a record.
   *
   * @param now what {@link Task#identity} says of the data
   * @param parts which of its entries have to agree
   * @throws UserError naming the first that does not
   */
  public static void requireSame(
      RunRecord record, Map<String, String> now, Collection<String> parts) {
    for (String part : parts) {
      String before = record.data().getOrDefault(part, now.getOrDefault(part, ""));
      if (!before.equals(now.get(part))) {
        throw new UserError(
            "expected the images that the run was started with (%s = %s), found %s; give the same data"
                .formatted(part, before, now.get(part)));
      }
    }
  }

  /** The settings of a record as text. */
  public static Map<String, String> options(RunRecord record) {
    Map<String, String> options = new LinkedHashMap<>();
    record.options().forEach((name, value) -> options.put(name, String.valueOf(value)));
    RecordedLayout.remove(options);
    return options;
  }

  /** Options with what a run measured where they ask for the measurement. */
  public static Map<String, String> asRecorded(Map<String, String> options, RunRecord record) {
    Map<String, String> recorded = options(record);
    Map<String, String> same = new LinkedHashMap<>(options);
    OptimizerSettings.MEASURED
        .keySet()
        .forEach(
            option -> {
              String before = recorded.getOrDefault(option, "");
              same.computeIfPresent(
                  option, (name, value) -> MeasuredSolver.isChoice(value, before) ? before : value);
            });
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
    record.requireTraining(folder, false);
    Map<String, String> options = options(record);
    Optional.ofNullable(given.get("data")).ifPresent(data -> options.put("data", data));
    RunSettings recorded = RunSettings.of(options);
    recorded.optimizer().requireUses(given.keySet());
    options.putAll(asRecorded(given, record));
    requireSameOptions(folder, recorded.options(), RunSettings.of(options).options());
    return recorded;
  }

  /**
   * Rejects options other than those of a run.
   *
   * @throws UserError naming the first that differs
   */
  public static void requireSameOptions(
      RunFolder folder, Map<String, String> before, Map<String, String> wanted) {
    wanted.forEach(
        (name, now) -> {
          if (!Objects.equals(before.get(name), now)) {
            throw new UserError(
                "expected the options of %s, found --%s %s where the run has %s; leave it out or start a new run"
                    .formatted(folder.path(), name, now, before.get(name)));
          }
        });
  }

  /** Records that the run cannot continue because its numbers are no longer finite. */
  public void diverged(TrainingDivergedException why) throws IOException {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("diverged", String.valueOf(why.getMessage()));
    result.put("steps", why.step());
    record.withResult(result).write(task.folder());
  }

  /**
   * Trains to the end or until a stop is requested; the end is recorded. If it fails before the
   * first step, a folder that was made for it goes, so that the command can be repeated.
   *
   * @param listeners told of the progress
   * @param warnings told of what goes on without
   * @param stop ends the run early when requested
   */
  public O run(
      List<? extends TrainingListener> listeners, Consumer<String> warnings, StopSignal stop)
      throws IOException {
    return run(listeners, warnings, stop, outcome -> {});
  }

  /**
   * The same with what belongs to the end: a run that is killed in it is not complete, and goes on.
   *
   * @param last told of the outcome on the chief before the end is recorded
   */
  public O run(
      List<? extends TrainingListener> listeners,
      Consumer<String> warnings,
      StopSignal stop,
      Consumer<? super O> last)
      throws IOException {
    TrainingWorkers workers = task.workers();
    if (!workers.isAlone()) {
      workers.expectSame(
          "program and TensorFlow version", TensorFlow.version() + Versions.installed().tfKfac());
      workers.expectSame("data", record.data().toString());
      workers.expectSame("worker layout", RecordedLayout.options(workers).toString());
      if (workers.isChief()) {
        workers.keptIn(ShellWords.path(task.folder().path()));
      }
    }
    double before = workers.isChief() ? secondsBefore() : 0;
    long start = System.nanoTime();
    O outcome;
    try {
      outcome = task.train(resumeFrom, listeners, warnings, stop);
    } catch (IOException | RuntimeException failed) {
      if (begun && workers.isChief() && task.folder().discard()) {
        workers.keptIn("");
      }
      throw failed;
    }
    if (outcome.finished() && workers.isChief()) {
      last.accept(outcome);
      Map<String, Object> result = new LinkedHashMap<>(outcome.result());
      result.put("wall_seconds", before + (System.nanoTime() - start) / NANOS_PER_SECOND);
      record.withResult(result).write(task.folder());
    }
    return outcome;
  }

  private double secondsBefore() throws IOException {
    Path metrics = task.folder().metrics();
    if (resumeFrom.isEmpty() || !Files.exists(metrics)) {
      return 0;
    }
    long step = CheckpointFolder.stepOf(resumeFrom.get());
    DoubleAdder seconds = new DoubleAdder();
    MetricsCsv.forEach(
        metrics,
        row -> {
          if (row.step() <= step) {
            seconds.add(row.values().getOrDefault(RunMetrics.SECONDS, 0.0));
          }
        });
    return seconds.sum();
  }
}
