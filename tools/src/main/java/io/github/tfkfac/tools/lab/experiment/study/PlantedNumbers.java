package io.github.tfkfac.tools.lab.experiment.study;

import io.github.tfkfac.tools.lab.experiment.ExperimentResult;
import io.github.tfkfac.tools.lab.experiment.MeasuredRun;
import io.github.tfkfac.tools.lab.experiment.Metric;
import io.github.tfkfac.tools.lab.experiment.MetricTable;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.render.Curve;
import io.github.tfkfac.tools.render.HtmlReport.Figure;
import io.github.tfkfac.tools.render.HtmlReport.Paragraph;
import io.github.tfkfac.tools.render.HtmlReport.Section;
import io.github.tfkfac.tools.render.HtmlReport.TableSection;
import io.github.tfkfac.tools.render.Plot;
import io.github.tfkfac.tools.run.RunCurves;
import io.github.tfkfac.tools.statistics.MeanInterval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Numbers and pictures of the trainings on planted targets.
 *
 * @param result the runs
 * @param series whose
 */
record PlantedNumbers(ExperimentResult result, String series) {

  private static final String TRAIN_LOSS = "train_loss";
  private static final String LEAST_LOSS = "least_squares_loss";

  /** Near the smallest possible loss: the mean of a few batches is so far above it. */
  private static final double NEAR = 0.01;

  private static final int BATCHES = 5;
  private static final int DENSITY = 10;
  private static final String COARSE_SHARE = "coarse_share";
  private static final String ONE_LEVEL = "kfac";
  private static final String TWO_LEVEL = "two-level";
  private static final double PERCENT = 100;

  static List<Metric> metrics() {
    return List.of(
        new Metric(TRAIN_LOSS, "training loss", 5, run -> run.result(TRAIN_LOSS)),
        new Metric(
            "excess_loss",
            "above least squares",
            5,
            run -> run.result(TRAIN_LOSS) - run.result(LEAST_LOSS)),
        new Metric("steps_to_excess", "steps to %s above".formatted(NEAR), 0, PlantedNumbers::near),
        new Metric("test_loss", "test loss", 5, run -> run.result("test_loss")),
        new Metric(
            "train_accuracy", "training accuracy %", 2, run -> 100 * run.result("train_accuracy")),
        new Metric("test_accuracy", "test accuracy %", 2, run -> 100 * run.result("test_accuracy")),
        new Metric("epoch_seconds", "s/epoch", 2, PlantedNumbers::secondsPerEpoch),
        new Metric(COARSE_SHARE, "coarse share %", 2, run -> PERCENT * mean(run, COARSE_SHARE)));
  }

  List<Section> findings() {
    List<Section> findings = new ArrayList<>();
    findings.add(new TableSection(new MetricTable(result, series, metrics()).table()));
    findings.add(
        new Paragraph(
            "Losses and accuracies are those of the last epoch: of training as means over its"
                + " batches before each update, of test samples by the network in inference mode."
                + " Every seed has samples, initial values and an order of its own. 'Above least"
                + " squares' is the distance to the smallest training loss that a linear network"
                + " can have; it is reached when the mean loss of "
                + BATCHES
                + " batches in a row is at most that far above it. Every run had one thread, "
                + result.settings().choice("jobs", "2")
                + " ran at a time."));
    findings.add(new Paragraph(difference()));
    findings.add(new Paragraph(coarse()));
    findings.add(
        Figure.of(
            "curves-" + series,
            "Means over the seeds with 95 % intervals.",
            List.of(
                steps(),
                plot("Training loss", "loss", TRAIN_LOSS),
                plot("Test loss", "loss", "test_loss"),
                plot("Training accuracy", "accuracy", "train_accuracy"),
                plot("Test accuracy", "accuracy", "test_accuracy"))));
    return findings;
  }

  /** Two-level less one-level, seed by seed: both see the same samples in the same order. */
  private String difference() {
    List<Double> differences = new ArrayList<>();
    for (MeasuredRun two : result.complete(series, TWO_LEVEL)) {
      for (MeasuredRun one : result.complete(series, ONE_LEVEL)) {
        if (one.planned().seed() == two.planned().seed()) {
          differences.add(two.result(TRAIN_LOSS) - one.result(TRAIN_LOSS));
        }
      }
    }
    if (differences.size() < 2) {
      return "One- and two-level K-FAC have fewer than two seeds in common, so that nothing can be"
          + " said of their difference.";
    }
    MeanInterval interval = MeanInterval.of(differences);
    String verdict =
        Math.abs(interval.mean()) <= interval.halfWidth()
            ? "the interval contains 0: these runs do not tell the two apart"
            : interval.mean() < 0
                ? "the interval lies below 0: the coarse correction lowered the training loss"
                : "the interval lies above 0: the coarse correction raised the training loss";
    return String.format(
        Locale.ROOT,
        "Final training loss, two-level less one-level K-FAC with the same seed: %.6f ± %.6f (95"
            + " %%, %d seeds); %s.",
        interval.mean(),
        interval.halfWidth(),
        interval.count(),
        verdict);
  }

  private String coarse() {
    return result
        .mean(series, TWO_LEVEL, run -> PERCENT * mean(run, COARSE_SHARE))
        .map(
            share ->
                "The coarse term is "
                    + share.text(2)
                    + " % of the update's length (its norm over that of the whole preconditioned"
                    + " gradient, mean over all steps).")
        .orElse("The share of the coarse term in the update was not measured.");
  }

  /** The loss of single batches above the least one, which shows the first epochs. */
  private Plot steps() {
    return new Plot(
        "Loss of a batch above least squares",
        "step",
        Plot.Scale.LOGARITHMIC,
        "loss above the least",
        Plot.Scale.LOGARITHMIC,
        result.arms(series).keySet().stream()
            .map(
                arm ->
                    Curve.mean(
                        arm,
                        result.complete(series, arm).stream()
                            .map(run -> new Curve(arm, excess(run)))
                            .toList()))
            .toList());
  }

  /** Means over {@link #BATCHES} batches, at steps that get rarer as a logarithmic axis asks. */
  private static List<Curve.Point> excess(MeasuredRun run) {
    List<Curve.Point> losses = RunCurves.of(run.finished().rows(), "loss");
    List<Curve.Point> points = new ArrayList<>();
    for (int end = BATCHES; end <= losses.size(); end += Math.max(1, end / DENSITY)) {
      double mean =
          losses.subList(end - BATCHES, end).stream()
              .mapToDouble(Curve.Point::y)
              .average()
              .orElse(Double.NaN);
      points.add(new Curve.Point(losses.get(end - 1).x(), mean - run.result(LEAST_LOSS)));
    }
    return points;
  }

  private static double near(MeasuredRun run) {
    List<Curve.Point> losses = RunCurves.of(run.finished().rows(), "loss");
    double sum = 0;
    for (int i = 0; i < losses.size(); i++) {
      sum += losses.get(i).y() - (i >= BATCHES ? losses.get(i - BATCHES).y() : 0);
      if (i + 1 >= BATCHES && sum / BATCHES - run.result(LEAST_LOSS) <= NEAR) {
        return losses.get(i).x();
      }
    }
    return Double.NaN;
  }

  private Plot plot(String title, String yLabel, String metric) {
    List<Curve> curves =
        result.arms(series).keySet().stream()
            .map(
                arm ->
                    Curve.mean(
                        arm,
                        result.complete(series, arm).stream()
                            .map(run -> curve(arm, run, metric))
                            .toList()))
            .toList();
    return new Plot(
        title,
        "epoch",
        yLabel,
        metric.endsWith("loss") ? RunCurves.lossScale(curves) : Plot.Scale.LINEAR,
        curves);
  }

  private static Curve curve(String name, MeasuredRun run, String metric) {
    List<Curve.Point> points = new ArrayList<>();
    for (MetricsRow row : run.finished().rows()) {
      points.add(
          new Curve.Point(
              row.values().getOrDefault("epoch", Double.NaN),
              row.values().getOrDefault(metric, Double.NaN)));
    }
    return new Curve(name, points);
  }

  /** Of all epochs but the first, in which TensorFlow prepares the graph. */
  private static double secondsPerEpoch(MeasuredRun run) {
    return run.finished().rows().stream()
        .mapToDouble(row -> row.values().getOrDefault("epoch_seconds", Double.NaN))
        .filter(Double::isFinite)
        .skip(1)
        .average()
        .orElse(Double.NaN);
  }

  private static double mean(MeasuredRun run, String metric) {
    return run.finished().rows().stream()
        .mapToDouble(row -> row.values().getOrDefault(metric, Double.NaN))
        .filter(Double::isFinite)
        .average()
        .orElse(Double.NaN);
  }
}
