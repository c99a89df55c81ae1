package io.github.tfkfac.tools.experiment.study;

import io.github.tfkfac.tools.compare.FinishedRun;
import io.github.tfkfac.tools.experiment.Measure;
import io.github.tfkfac.tools.experiment.MeasuredRun;
import io.github.tfkfac.tools.run.MetricsListener;
import io.github.tfkfac.tools.statistics.Spread;
import java.util.List;

/** The numbers that every training of a classifier yields. */
final class ClassifierMeasures {

  static final Measure ACCURACY =
      new Measure(
          "test_accuracy", "test accuracy %", 2, run -> 100 * run.finished().testAccuracy());

  static final Measure LOSS =
      new Measure("test_loss", "test loss", 4, run -> run.finished().testLoss());

  static final Measure BEST_ACCURACY =
      new Measure("best_test_accuracy", "best accuracy %", 2, ClassifierMeasures::bestAccuracy);

  static final Measure STEP_MILLIS =
      new Measure("median_step_ms", "ms/step (median)", 1, ClassifierMeasures::medianMillis);

  static final Measure TRAINING_SECONDS =
      new Measure(
          "training_seconds",
          "s of training",
          1,
          run -> run.finished().stepSeconds().stream().mapToDouble(Double::doubleValue).sum());

  static final Measure NEWTON_REFRESHES =
      new Measure(
          "newton_refreshes", "Newton refreshes", 0, run -> run.finished().newtonRefreshes());

  static final Measure EXACT_REFRESHES =
      new Measure("exact_refreshes", "exact refreshes", 0, run -> run.finished().exactRefreshes());

  private ClassifierMeasures() {}

  /** Measures that tables of optimizers show. */
  static List<Measure> standard() {
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
