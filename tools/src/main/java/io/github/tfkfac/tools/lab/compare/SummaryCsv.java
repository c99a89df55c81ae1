package io.github.tfkfac.tools.lab.compare;

import io.github.tfkfac.tools.run.MetricsListener;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The numbers of a comparison's runs as CSV, one line per run; what is unknown stays empty. */
final class SummaryCsv {

  private static final List<String> COLUMNS =
      List.of(
          "arm",
          "seed",
          "steps",
          "test_accuracy",
          "test_loss",
          "test_images",
          "best_test_accuracy",
          "best_epoch",
          "median_step_seconds",
          "mean_step_seconds",
          "train_seconds",
          "wall_seconds",
          "exact_refreshes",
          "newton_refreshes",
          "skipped_steps",
          "diverged");

  private SummaryCsv() {}

  static String of(ComparisonResult result) {
    return Stream.concat(
            Stream.of(String.join(",", COLUMNS)), result.runs().stream().map(SummaryCsv::line))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String line(FinishedRun run) {
    ArmResult alone = new ArmResult(run.arm(), List.of(run));
    double trainSeconds =
        run.secondsUntil().values().stream().reduce((first, last) -> last).orElse(Double.NaN);
    return String.join(
        ",",
        run.arm(),
        Long.toString(run.seed()),
        Long.toString(run.steps()),
        cell(run.testAccuracy()),
        cell(run.testLoss()),
        run.divergence().isPresent() ? "" : Long.toString(run.testImages()),
        cell(best(run, MetricsListener.TEST_ACCURACY)),
        cell(best(run, "epoch")),
        cell(alone.medianStepSeconds()),
        cell(alone.meanStepSeconds()),
        cell(trainSeconds),
        cell(run.wallSeconds()),
        Long.toString(run.exactRefreshes()),
        Long.toString(run.newtonRefreshes()),
        Long.toString(run.skippedSteps()),
        Boolean.toString(run.divergence().isPresent()));
  }

  private static double best(FinishedRun run, String column) {
    return run.bestEvaluation()
        .flatMap(row -> Optional.ofNullable(row.values().get(column)))
        .orElse(Double.NaN);
  }

  private static String cell(double value) {
    return Double.isNaN(value) ? "" : Double.toString(value);
  }
}
