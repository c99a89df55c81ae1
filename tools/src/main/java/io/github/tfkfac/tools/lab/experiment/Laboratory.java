package io.github.tfkfac.tools.lab.experiment;

import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.record.Environment;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Runs an experiment in its folder and keeps its record, {@code run.json}.
 *
 * @param experiment what is run
 * @param folder where its runs, its record and its report lie
 * @param arguments the command line
 * @param clock for the record's times
 */
public record Laboratory(
    Experiment experiment, Path folder, List<String> arguments, InstantSource clock) {

  private static final String WALL_SECONDS = "wall_seconds";
  private static final double MILLIS_PER_SECOND = 1e3;

  /** Options that may change when an experiment is resumed. */
  private static final Set<String> FREE = Set.of("data", "seeds", "jobs");

  /**
   * Trains what has not ended.
   *
   * @param only labels of the arms to train; empty for all
   * @return whether all of it has ended
   * @throws UserError if the folder has another experiment
   */
  public boolean train(
      ExperimentSettings settings, List<String> only, Function<Series.Task, RunExecutor> executors)
      throws IOException {
    ExperimentPlan plan = experiment.plan(settings);
    requireUsable(plan, plan.series(), only, executors);
    Instant start = clock.instant();
    RunRecord record = begin(settings, plan, start);
    boolean ended = train(plan, plan.series(), only, executors);
    ExperimentPlan whole = ended ? whole(settings, plan) : plan;
    List<Series> further = new ArrayList<>(whole.series());
    further.removeAll(plan.series());
    requireUsable(whole, further, only, executors);
    ended = ended && train(whole, further, only, executors);
    end(record, ExperimentResult.read(settings, whole, folder), start);
    return ended;
  }

  private ExperimentPlan whole(ExperimentSettings settings, ExperimentPlan plan)
      throws IOException {
    return experiment.plan(settings, ExperimentResult.read(settings, plan, folder));
  }

  private static void requireUsable(
      ExperimentPlan plan,
      List<Series> parts,
      List<String> only,
      Function<Series.Task, RunExecutor> executors) {
    for (Series series : parts) {
      executors.apply(series.task()).requireUsable(runs(plan, series, only));
    }
  }

  private boolean train(
      ExperimentPlan plan,
      List<Series> parts,
      List<String> only,
      Function<Series.Task, RunExecutor> executors)
      throws IOException {
    boolean ended = true;
    for (Series series : parts) {
      ended = ended && executors.apply(series.task()).train(runs(plan, series, only), folder);
    }
    return ended;
  }

  private static List<PlannedRun> runs(ExperimentPlan plan, Series series, List<String> only) {
    return plan.runs().stream()
        .filter(run -> run.series().equals(series.name()))
        .filter(run -> only.isEmpty() || only.contains(run.arm().label()))
        .toList();
  }

  /** Results of the folder's runs, with the settings they were started with. */
  public ExperimentResult result() throws IOException {
    RunRecord record = RunRecord.read(RunFolder.existing(folder));
    requireCommand(record);
    Map<String, String> values = new LinkedHashMap<>();
    record.options().forEach((name, value) -> values.put(name, String.valueOf(value)));
    ExperimentSettings settings = ExperimentSettings.of(values);
    return ExperimentResult.read(settings, whole(settings, experiment.plan(settings)), folder);
  }

  private RunRecord begin(ExperimentSettings settings, ExperimentPlan plan, Instant start)
      throws IOException {
    if (Files.exists(new RunFolder(folder).record())) {
      RunRecord before = RunRecord.read(RunFolder.existing(folder));
      requireCommand(before);
      requireSame(before.options(), settings.values());
      RunRecord now = record(settings, plan, before.started()).withResult(before.result());
      now.write(new RunFolder(folder));
      return now;
    }
    Files.createDirectories(folder);
    RunRecord record = record(settings, plan, start.toString());
    record.write(new RunFolder(folder));
    return record;
  }

  private RunRecord record(ExperimentSettings settings, ExperimentPlan plan, String started) {
    Map<String, Long> seeds = new LinkedHashMap<>();
    plan.seeds().forEach(seed -> seeds.put("seed" + seed, seed));
    return new RunRecord(
        command(),
        arguments,
        new LinkedHashMap<>(settings.values()),
        seeds,
        Map.of(),
        Environment.current(),
        started,
        Map.of());
  }

  private void end(RunRecord record, ExperimentResult result, Instant start) throws IOException {
    Instant now = clock.instant();
    double before =
        record.result().get(WALL_SECONDS) instanceof Number number ? number.doubleValue() : 0;
    Map<String, Object> outcome = new LinkedHashMap<>();
    outcome.put("ended", now.toString());
    outcome.put(WALL_SECONDS, before + Duration.between(start, now).toMillis() / MILLIS_PER_SECOND);
    outcome.put("planned_runs", result.plan().runs().size());
    outcome.put("ended_runs", result.runs().size());
    outcome.put("missing_runs", result.missing().stream().map(PlannedRun::name).toList());
    outcome.put(
        "threads",
        result.runs().stream().map(run -> run.option("threads")).distinct().sorted().toList());
    new RunRecord(
            record.command(),
            record.arguments(),
            record.options(),
            record.seeds(),
            data(result),
            record.environment(),
            record.started(),
            outcome)
        .write(new RunFolder(folder));
  }

  /** Data that each series trained on, as its first run recorded it. */
  private static Map<String, String> data(ExperimentResult result) {
    Map<String, String> data = new LinkedHashMap<>();
    for (MeasuredRun run : result.runs()) {
      run.finished()
          .record()
          .data()
          .forEach((name, value) -> data.putIfAbsent(run.planned().series() + "/" + name, value));
    }
    return data;
  }

  private void requireSame(Map<String, Object> before, Map<String, String> now) {
    Set<String> names = new TreeSet<>(before.keySet());
    names.addAll(now.keySet());
    names.removeAll(FREE);
    for (String name : names) {
      String then = String.valueOf(before.getOrDefault(name, "none"));
      String wanted = now.getOrDefault(name, "none");
      if (!wanted.equals(then)) {
        throw new UserError(
            "expected the options of the experiment in %s, found %s = %s where it has %s; use another folder"
                .formatted(folder, name, wanted, then));
      }
    }
  }

  private String command() {
    return "experiment " + experiment.name();
  }

  private void requireCommand(RunRecord record) {
    if (!record.command().equals(command())) {
      throw new UserError(
          "expected the folder of '%s', found that of '%s' in %s; use another folder"
              .formatted(command(), record.command(), folder));
    }
  }
}
