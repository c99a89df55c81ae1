package io.github.tfkfac.tools.lab.experiment.study;

import io.github.tfkfac.tools.lab.compare.ComparisonCurves;
import io.github.tfkfac.tools.lab.experiment.ExperimentResult;
import io.github.tfkfac.tools.lab.experiment.MeasuredRun;
import io.github.tfkfac.tools.lab.experiment.Metric;
import io.github.tfkfac.tools.lab.experiment.MetricTable;
import io.github.tfkfac.tools.render.HtmlReport.Figure;
import io.github.tfkfac.tools.render.HtmlReport.Heading;
import io.github.tfkfac.tools.render.HtmlReport.Paragraph;
import io.github.tfkfac.tools.render.HtmlReport.Section;
import io.github.tfkfac.tools.render.HtmlReport.TableSection;
import io.github.tfkfac.tools.render.Plot;
import io.github.tfkfac.tools.statistics.MeanInterval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Numbers and pictures of one task of a tuned comparison.
 *
 * @param result the runs
 * @param task whose
 * @param chosen for each optimizer the run of its search with the best score
 */
record TunedNumbers(
    ExperimentResult result, TunedTask task, Map<Candidate, Optional<MeasuredRun>> chosen) {

  private static final String BASELINE = "sgdm";
  private static final int IMAGES = 2_000;
  private static final String SETTING = "setting";
  private static final String EDGE = "length at the grid's edge";
  private static final String TRIED = "tried";
  private static final List<String> HEADERS = List.of(SETTING, EDGE, TRIED);

  List<Section> findings() {
    List<Section> findings = new ArrayList<>();
    findings.add(new Heading("Result on " + task.name()));
    Optional<Double> best = baseline();
    findings.add(
        new TableSection(
            new MetricTable(result, task.name(), metrics(best)).table(HEADERS, this::cells)));
    findings.add(
        new Paragraph(
            "Every optimizer had the same budget: "
                + Candidate.LENGTHS
                + " lengths of the step with two values of one further option, each trained once with a"
                + " seed that no other run has, "
                + (task.regression()
                    ? "judged by the training loss of the last epoch."
                    : "on four fifths of the training images, judged by the accuracy on the rest;"
                        + " the test images took no part in the choice.")));
    best.ifPresent(loss -> findings.add(new Paragraph(speedUps(loss))));
    List<Plot> plots = ComparisonCurves.plots(result.comparison(task.name()));
    List<Plot> shown = task.regression() ? plots.subList(2, plots.size()) : plots;
    findings.add(
        Figure.of(
            task.name(),
            "Against the time of training: means over the seeds with 95 % intervals.",
            List.of(shown.get(1))));
    findings.add(
        Figure.of(
            "curves-" + task.name(),
            "Means over the seeds with 95 % intervals.",
            List.copyOf(shown)));
    return findings;
  }

  private List<Metric> metrics(Optional<Double> best) {
    List<Metric> metrics = new ArrayList<>();
    if (task.regression()) {
      metrics.add(new Metric("train_loss", "training loss", 2, run -> run.result("train_loss")));
      metrics.add(new Metric("train_error", "training error", 3, run -> run.result("train_error")));
      metrics.add(new Metric("test_error", "test error", 3, run -> run.result("test_error")));
    } else {
      metrics.add(ClassifierMetrics.ACCURACY);
    }
    best.ifPresent(
        loss -> {
          TargetLoss target = new TargetLoss(loss, IMAGES);
          metrics.add(new Metric("steps", "steps to sgdm's best loss", 0, target::steps));
          metrics.add(new Metric("seconds", "s to it", 1, target::seconds));
        });
    metrics.add(ClassifierMetrics.STEP_MILLIS);
    metrics.add(ClassifierMetrics.TRAINING_SECONDS);
    return metrics;
  }

  /** Mean over the seeds of the smallest loss that SGD with momentum reaches. */
  private Optional<Double> baseline() {
    return result
        .mean(task.name(), BASELINE, run -> TargetLoss.least(run, IMAGES))
        .map(MeanInterval::mean);
  }

  /** What was tried for an optimizer and chosen. */
  private Map<String, String> cells(String optimizer) {
    Map<String, String> cells = new LinkedHashMap<>();
    chosen.forEach(
        (candidate, run) -> {
          if (candidate.optimizer().equals(optimizer)) {
            cells.put(TRIED, candidate.grid());
            run.ifPresent(
                found -> {
                  cells.put(SETTING, candidate.setting(found));
                  cells.put(EDGE, candidate.atTheEdge(found) ? "yes" : "no");
                });
          }
        });
    return cells;
  }

  private String speedUps(double loss) {
    TargetLoss target = new TargetLoss(loss, IMAGES);
    double steps = meanOf(BASELINE, run -> (double) run.finished().steps());
    List<String> parts = new ArrayList<>();
    for (String arm : result.arms(task.name()).keySet()) {
      if (!arm.equals(BASELINE)) {
        long reached =
            result.complete(task.name(), arm).stream()
                .filter(run -> target.in(run).isPresent())
                .count();
        parts.add(
            reached == 0
                ? arm + " does not reach it"
                : String.format(
                    Locale.ROOT,
                    "%s after %.2f of SGD's steps (%d of %d seeds)",
                    arm,
                    meanOf(arm, target::steps) / steps,
                    reached,
                    result.complete(task.name(), arm).size()));
      }
    }
    return String.format(
        Locale.ROOT,
        "SGD with momentum ends its %.0f steps with a smallest training loss of %.3f (mean of the"
            + " last %d samples, mean over the seeds): %s.",
        steps,
        loss,
        IMAGES,
        String.join("; ", parts));
  }

  private double meanOf(String arm, ToDoubleFunction<MeasuredRun> number) {
    return result.mean(task.name(), arm, number).map(MeanInterval::mean).orElse(Double.NaN);
  }
}
