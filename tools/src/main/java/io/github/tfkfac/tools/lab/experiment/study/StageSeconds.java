package io.github.tfkfac.tools.lab.experiment.study;

import io.github.tfkfac.tools.lab.experiment.MeasuredRun;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.run.MetricsListener;
import io.github.tfkfac.tools.statistics.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Breakdown of a run's training time, estimated from the times of its steps: a plain step has no
 * statistics, so the median of steps with statistics less that of plain ones is what statistics
 * cost, and what refresh steps take beyond the median of steps with statistics is the refresh. An
 * optimizer without averages takes its statistics in the refresh and has no period of them. The
 * first step, in which TensorFlow prepares the graph, is left out.
 *
 * @param steps steps that were counted
 * @param plain seconds of forward and backward pass, preconditioning and update
 * @param statistics seconds of the statistics
 * @param refresh seconds of damping and inversion
 */
record StageSeconds(int steps, double plain, double statistics, double refresh) {

  /** The times of a run; empty without a step of every kind, or without periods. */
  static Optional<StageSeconds> of(MeasuredRun run) {
    if (run.option("inverse-period").isEmpty()) {
      return Optional.empty();
    }
    long inversePeriod = Long.parseLong(run.option("inverse-period"));
    boolean averaged = !run.option("stat-period").isEmpty();
    long statisticsPeriod = averaged ? Long.parseLong(run.option("stat-period")) : inversePeriod;
    List<Double> plain = new ArrayList<>();
    List<Double> withStatistics = new ArrayList<>();
    List<Double> withRefresh = new ArrayList<>();
    for (MetricsRow row : run.finished().rows()) {
      Double seconds = row.values().get(MetricsListener.SECONDS);
      long before = row.step() - 1;
      if (seconds == null || before == 0) {
        continue;
      }
      if (before % inversePeriod == 0) {
        withRefresh.add(seconds);
      } else if (before % statisticsPeriod == 0) {
        withStatistics.add(seconds);
      } else {
        plain.add(seconds);
      }
    }
    if (plain.isEmpty() || withRefresh.isEmpty() || (averaged && withStatistics.isEmpty())) {
      return Optional.empty();
    }
    double plainStep = Spread.of(plain).median();
    double statisticsStep =
        averaged ? Math.max(plainStep, Spread.of(withStatistics).median()) : plainStep;
    int steps = plain.size() + withStatistics.size() + withRefresh.size();
    return Optional.of(
        new StageSeconds(
            steps,
            steps * plainStep,
            (withStatistics.size() + withRefresh.size()) * (statisticsStep - plainStep),
            withRefresh.stream()
                .mapToDouble(seconds -> Math.max(0, seconds - statisticsStep))
                .sum()));
  }

  double total() {
    return plain + statistics + refresh;
  }
}
