package io.github.tfkfac.tools.lab.compare;

import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.run.MetricsListener;
import io.github.tfkfac.tools.statistics.MeanInterval;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * The runs of one arm that have ended.
 *
 * @param label the arm
 * @param runs by seed; at least one
 */
public record ArmResult(String label, List<FinishedRun> runs) {

  private static final double PERCENT = 100;

  public ArmResult {
    runs = List.copyOf(runs);
  }

  /** The runs that were trained to the end. */
  public List<FinishedRun> complete() {
    return runs.stream().filter(run -> run.divergence().isEmpty()).toList();
  }

  /** Final test accuracy in per cent. */
  public Optional<MeanInterval> accuracy() {
    return mean(run -> PERCENT * run.testAccuracy());
  }

  /** Final test loss. */
  public Optional<MeanInterval> loss() {
    return mean(FinishedRun::testLoss);
  }

  /** Best test accuracy of each run, in per cent. */
  public Optional<MeanInterval> bestAccuracy() {
    return mean(
        run ->
            PERCENT
                * run.bestEvaluation()
                    .map(MetricsRow::values)
                    .map(values -> values.get(MetricsListener.TEST_ACCURACY))
                    .orElse(Double.NaN));
  }

  /** Mean time of a whole run in seconds; NaN if none is complete. */
  public double wallSeconds() {
    return mean(FinishedRun::wallSeconds).map(MeanInterval::mean).orElse(Double.NaN);
  }

  /** Median of all steps' times in seconds; NaN without steps. */
  public double medianStepSeconds() {
    List<Double> sorted =
        runs.stream().flatMap(run -> run.stepSeconds().stream()).sorted().toList();
    int n = sorted.size();
    return n == 0 ? Double.NaN : (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
  }

  /** Mean of all steps' times in seconds; NaN without steps. */
  public double meanStepSeconds() {
    return runs.stream()
        .flatMap(run -> run.stepSeconds().stream())
        .mapToDouble(Double::doubleValue)
        .average()
        .orElse(Double.NaN);
  }

  private Optional<MeanInterval> mean(ToDoubleFunction<FinishedRun> number) {
    List<Double> values = complete().stream().map(number::applyAsDouble).toList();
    return values.isEmpty() ? Optional.empty() : Optional.of(MeanInterval.of(values));
  }
}
