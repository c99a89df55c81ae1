package io.github.tfkfac.tools.lab.experiment.study;

import io.github.tfkfac.tools.lab.compare.FinishedRun;
import io.github.tfkfac.tools.lab.experiment.MeasuredRun;
import io.github.tfkfac.tools.lab.experiment.Metric;
import io.github.tfkfac.tools.run.MetricsListener;
import io.github.tfkfac.tools.statistics.Spread;
import java.util.List;

/** The numbers that every training of a classifier yields. */
final class ClassifierMetrics {

  static final Metric ACCURACY =
      new Metric("test_accuracy", "test accuracy %", 2, run -> 100 * run.finished().testAccuracy());

  static final Metric LOSS =
      new Metric("test_loss", "test loss", 4, run -> run.finished().testLoss());

  static final Metric BEST_ACCURACY =
      new Metric("best_test_accuracy", "best accuracy %", 2, ClassifierMetrics::bestAccuracy);

  static final Metric STEP_MILLIS =
      new Metric("median_step_ms", "ms/step (median)", 1, ClassifierMetrics::medianMillis);

  static final Metric TRAINING_SECONDS =
      new Metric(
          "training_seconds",
          "s of training",
          1,
          run -> run.finished().stepSeconds().stream().mapToDouble(Double::doubleValue).sum());

  static final Metric NEWTON_REFRESHES =
      new Metric(
          "newton_refreshes", "Newton refreshes", 0, run -> run.finished().newtonRefreshes());

  static final Metric EXACT_REFRESHES =
      new Metric("exact_refreshes", "exact refreshes", 0, run -> run.finished().exactRefreshes());

  private ClassifierMetrics() {}

  /** Measures that tables of optimizers show. */
  static List<Metric> standard() {
    return List.of(ACCURACY, LOSS, BEST_ACCURACY, STEP_MILLIS, TRAINING_SECONDS);
  }

  private static double bestAccuracy(MeasuredRun run) {
    return 100
        * run.finished()
            .bestEvaluation()
            .map(row -> row.values().getOrDefault(MetricsListener.TEST_ACCURACY, Double.NaN))
            .orElse(Double.NaN);
  }

  private static double medianMillis(MeasuredRun run) {
    FinishedRun finished = run.finished();
    return finished.stepSeconds().isEmpty()
        ? Double.NaN
        : 1000 * Spread.of(finished.stepSeconds()).median();
  }
}
