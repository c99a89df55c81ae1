package io.github.tfkfac.tools.run;

import io.github.tfkfac.models.train.ClassificationMetrics;
import io.github.tfkfac.tools.record.RunFolder;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Metrics of a classifier's run. */
public final class MetricsListener extends RunMetrics {

  /** Column of the accuracy on a step's images. */
  public static final String ACCURACY = "accuracy";

  /** Column of the loss of an evaluation. */
  public static final String TEST_LOSS = "test_loss";

  /** Column of the accuracy of an evaluation. */
  public static final String TEST_ACCURACY = "test_accuracy";

  private static final List<String> COLUMNS =
      List.of(
          "epoch",
          LOSS,
          ACCURACY,
          "learning_rate",
          SECONDS,
          "images_per_second",
          "skipped_steps",
          "exact_refreshes",
          "newton_refreshes",
          TEST_LOSS,
          TEST_ACCURACY);

  private final Optional<ClassificationMetrics> before;

  /**
   * Metrics for the run in a folder.
   *
   * @param before how well the network did before its first step, if that is known
   */
  MetricsListener(RunFolder folder, Optional<ClassificationMetrics> before) {
    super(folder, COLUMNS);
    this.before = before;
  }

  @Override
  public void started(StartReport report) {
    super.started(report);
    before
        .filter(found -> report.resumedFrom().isEmpty())
        .ifPresent(found -> evaluated(new EvaluationReport(0, 0, found)));
  }

  @Override
  protected void addTo(Map<String, Double> values, StepReport report) {
    values.put(ACCURACY, report.accuracy());
    values.put("images_per_second", report.imagesPerSecond());
  }

  @Override
  public void evaluated(EvaluationReport report) {
    write(
        report.step(),
        Map.of(
            "epoch",
            (double) report.epoch(),
            TEST_LOSS,
            report.evaluation().loss(),
            TEST_ACCURACY,
            report.evaluation().accuracy()));
  }
}
