package io.github.tfkfac.tools.lab.experiment;

import io.github.tfkfac.tools.lab.compare.ArmResult;
import io.github.tfkfac.tools.lab.compare.ComparisonResult;
import io.github.tfkfac.tools.lab.compare.FinishedRun;
import io.github.tfkfac.tools.statistics.MeanInterval;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Results of the runs of an experiment.
 *
 * @param settings of the experiment
 * @param plan what was to be run
 * @param runs those that have ended, in the order of the plan
 * @param missing those that have not
 */
public record ExperimentResult(
    ExperimentSettings settings,
    ExperimentPlan plan,
    List<MeasuredRun> runs,
    List<PlannedRun> missing) {

  public ExperimentResult {
    runs = List.copyOf(runs);
    missing = List.copyOf(missing);
  }

  /** Reads the planned runs from the experiment's folder. */
  public static ExperimentResult read(ExperimentSettings settings, ExperimentPlan plan, Path folder)
      throws IOException {
    List<MeasuredRun> runs = new ArrayList<>();
    List<PlannedRun> missing = new ArrayList<>();
    for (PlannedRun planned : plan.runs()) {
      MeasuredRun.read(planned, folder).ifPresentOrElse(runs::add, () -> missing.add(planned));
    }
    return new ExperimentResult(settings, plan, runs, missing);
  }

  /** The series with at least one run. */
  public List<String> series() {
    return runs.stream().map(run -> run.planned().series()).distinct().toList();
  }

  /** The ended runs of a series by arm, in the order of the plan. */
  public Map<String, List<MeasuredRun>> arms(String series) {
    Map<String, List<MeasuredRun>> arms = new LinkedHashMap<>();
    for (MeasuredRun run : runs) {
      if (run.planned().series().equals(series)) {
        arms.computeIfAbsent(run.planned().arm().label(), label -> new ArrayList<>()).add(run);
      }
    }
    return arms;
  }

  /** The runs of an arm that were trained to the end. */
  public List<MeasuredRun> complete(String series, String arm) {
    return arms(series).getOrDefault(arm, List.of()).stream()
        .filter(MeasuredRun::complete)
        .toList();
  }

  /** A number's mean over the complete runs of an arm that have it. */
  public Optional<MeanInterval> mean(
      String series, String arm, ToDoubleFunction<MeasuredRun> number) {
    return mean(complete(series, arm), number);
  }

  /** A number's mean over the runs that have it. */
  public static Optional<MeanInterval> mean(
      List<MeasuredRun> runs, ToDoubleFunction<MeasuredRun> number) {
    List<Double> values =
        runs.stream().map(number::applyAsDouble).filter(value -> !Double.isNaN(value)).toList();
    return values.isEmpty() ? Optional.empty() : Optional.of(MeanInterval.of(values));
  }

  /** A series as {@code kfac compare} reports it. */
  public ComparisonResult comparison(String series) {
    List<ArmResult> arms = new ArrayList<>();
    arms(series)
        .forEach(
            (label, ofArm) -> {
              List<FinishedRun> finished = ofArm.stream().map(MeasuredRun::finished).toList();
              arms.add(new ArmResult(label, finished));
            });
    return new ComparisonResult(
        arms,
        missing.stream()
            .filter(run -> run.series().equals(series))
            .map(run -> run.arm().folder(run.seed()))
            .toList());
  }
}
