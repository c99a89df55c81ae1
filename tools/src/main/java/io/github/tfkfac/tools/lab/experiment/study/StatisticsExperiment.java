package io.github.tfkfac.tools.lab.experiment.study;

import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.tools.lab.experiment.Experiment;
import io.github.tfkfac.tools.lab.experiment.ExperimentPlan;
import io.github.tfkfac.tools.lab.experiment.ExperimentResult;
import io.github.tfkfac.tools.lab.experiment.ExperimentSettings;
import io.github.tfkfac.tools.lab.experiment.MeasuredRun;
import io.github.tfkfac.tools.lab.experiment.Metric;
import io.github.tfkfac.tools.lab.experiment.MetricTable;
import io.github.tfkfac.tools.lab.experiment.Preset;
import io.github.tfkfac.tools.lab.experiment.Series;
import io.github.tfkfac.tools.lab.experiment.probe.FactorChangeProbe;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.render.Curve;
import io.github.tfkfac.tools.render.Drawing;
import io.github.tfkfac.tools.render.HtmlReport.Figure;
import io.github.tfkfac.tools.render.HtmlReport.Heading;
import io.github.tfkfac.tools.render.HtmlReport.Paragraph;
import io.github.tfkfac.tools.render.HtmlReport.Section;
import io.github.tfkfac.tools.render.HtmlReport.TableSection;
import io.github.tfkfac.tools.render.Plot;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import io.github.tfkfac.tools.run.RunProbe;
import io.github.tfkfac.tools.statistics.Spread;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Change of the Kronecker factors between two updates of the statistics (Sun et al. 2023,
 * supplement, figure 3).
 */
public final class StatisticsExperiment implements Experiment {

  private static final String ARM = "nkfac";
  private static final int CURVES_PER_PLOT = 7;

  /** The paper excepts "the very beginning"; here that is this part of a run's updates. */
  private static final double BEGINNING = 0.2;

  private static final Metric MEDIAN =
      new Metric("median_change", "median change", 4, run -> late(run).median());
  private static final Metric LARGEST =
      new Metric("largest_change", "largest change", 4, run -> late(run).max());

  @Override
  public String name() {
    return "statistics";
  }

  @Override
  public String title() {
    return "Change of the statistics L and R during training (NKFAC, figure 3 of the supplement)";
  }

  @Override
  public List<String> presets() {
    return List.of(
        "paper: ResNet-18 on CIFAR-100, 200 epochs, batch 128, statistics every 20 steps, 4 seeds.",
        "small: ResNet-8 on 4,000 CIFAR-10 images, 8 epochs, statistics every 2 steps, 4 seeds.");
  }

  @Override
  public int seeds(Preset preset) {
    return 4;
  }

  @Override
  public ExperimentPlan plan(ExperimentSettings settings) {
    Map<String, String> task =
        settings.preset() == Preset.PAPER
            ? Options.nkfacPaper(settings, "cifar100", "resnet18")
            : settings.runOptions(
                Options.of(
                    "dataset", "cifar10",
                    "model", "resnet8",
                    "train-images", "4000",
                    "test-images", "1000",
                    "epochs", "8",
                    "batch", "128",
                    "stat-period", "2",
                    "inverse-period", "50",
                    "checkpoint-every", "8",
                    "eval-every", "4"));
    return new ExperimentPlan(
        List.of(
            Series.classification(
                Options.series(task), List.of(Options.arm(ARM, task, "optimizer", ARM)))),
        settings.seedList());
  }

  @Override
  public List<RunProbe> probes() {
    return List.of(new FactorChangeProbe());
  }

  @Override
  public List<Metric> metrics(ExperimentSettings settings) {
    return List.of(ClassifierMetrics.ACCURACY, ClassifierMetrics.LOSS, MEDIAN, LARGEST);
  }

  @Override
  public List<Section> findings(ExperimentResult result) {
    List<Section> findings = new ArrayList<>();
    for (String series : result.series()) {
      List<MeasuredRun> runs = result.complete(series, ARM);
      findings.add(new Heading("Result on " + series));
      findings.add(
          new Paragraph(
              "The relative change ‖M_t − M_{t−T}‖ / ‖M_t‖ (Frobenius) of every moving average from"
                  + " one update of the statistics to the next; R is the factor of a layer's inputs"
                  + " (A in this program), L that of its output gradients (G). The averages start"
                  + " at zero, so that they change even if the statistics do not; the curve"
                  + " 'constant statistics' is that part."));
      findings.add(
          new TableSection(new MetricTable(result, series, metrics(result.settings())).table()));
      findings.add(
          new Paragraph(
              "Median and largest change are over all factors and updates after the first %.0f %% of a run. The paper's figure 3 (ResNet-18 on CIFAR-100, mean of four experiments, T = 20) has no numbers in its text; it says that except for the very beginning all values are small."
                  .formatted(100 * BEGINNING)));
      if (!runs.isEmpty() && !factors(runs).isEmpty()) {
        findings.add(picture(runs, series));
        findings.add(new TableSection(table(runs)));
      } else {
        findings.add(
            new Paragraph("No complete run has two updates of the statistics to compare."));
      }
    }
    return findings;
  }

  private static Section picture(List<MeasuredRun> runs, String series) {
    List<Drawing> drawings = new ArrayList<>();
    for (String side : List.of("/A", "/G")) {
      List<String> names = factors(runs).stream().filter(name -> name.endsWith(side)).toList();
      for (int from = 0; from < names.size(); from += CURVES_PER_PLOT) {
        List<String> some = names.subList(from, Math.min(from + CURVES_PER_PLOT, names.size()));
        drawings.add(
            new Plot(
                side.equals("/A") ? "R: inputs" : "L: output gradients",
                "step",
                "relative change",
                Plot.Scale.LOGARITHMIC,
                curves(some, runs)));
      }
    }
    return Figure.of(
        "change-" + series,
        "Relative change of every factor between updates: means over "
            + Counts.of(runs.size(), "run")
            + " with 95 % intervals.",
        drawings);
  }

  private static List<Curve> curves(List<String> factors, List<MeasuredRun> runs) {
    List<Curve> curves = new ArrayList<>();
    factors.forEach(factor -> curves.add(curve(factor, runs)));
    curves.add(start(runs.get(0)));
    return curves;
  }

  /**
   * Effect of the start at zero alone, if every batch's statistics were the same: after k updates
   * the average is {@code (1 − β^k)} of them.
   */
  private static Curve start(MeasuredRun run) {
    double decay = Double.parseDouble(run.option("average-decay"));
    List<Curve.Point> points = new ArrayList<>();
    double power = decay;
    for (MetricsRow row : run.probe()) {
      double change = (1 - decay) * power;
      power *= decay;
      points.add(new Curve.Point(row.step(), change / (1 - power)));
    }
    return new Curve("constant statistics", points);
  }

  private static Curve curve(String factor, List<MeasuredRun> runs) {
    List<Curve> curves = new ArrayList<>();
    for (MeasuredRun run : runs) {
      List<Curve.Point> points = new ArrayList<>();
      for (MetricsRow row : run.probe()) {
        points.add(new Curve.Point(row.step(), row.values().getOrDefault(factor, Double.NaN)));
      }
      curves.add(new Curve(factor, points));
    }
    return Curve.mean(factor.replaceFirst("(/kernel|/weight)?/[AG]$", ""), curves);
  }

  private static Table table(List<MeasuredRun> runs) {
    List<List<String>> rows = new ArrayList<>();
    for (String factor : factors(runs)) {
      List<Double> values =
          runs.stream()
              .flatMap(run -> lateRows(run).stream())
              .map(row -> row.values().getOrDefault(factor, Double.NaN))
              .filter(Double::isFinite)
              .toList();
      if (!values.isEmpty()) {
        Spread spread = Spread.of(values);
        rows.add(
            List.of(
                factor,
                MetricTable.number(spread.median(), 4),
                MetricTable.number(spread.min(), 4),
                MetricTable.number(spread.max(), 4)));
      }
    }
    return new Table(
        List.of(
            Column.text("factor (A: R, G: L)"),
            Column.number("median change"),
            Column.number("smallest"),
            Column.number("largest")),
        rows);
  }

  private static Set<String> factors(List<MeasuredRun> runs) {
    Set<String> names = new LinkedHashSet<>();
    runs.forEach(run -> run.probe().forEach(row -> names.addAll(row.values().keySet())));
    return names;
  }

  private static List<MetricsRow> lateRows(MeasuredRun run) {
    List<MetricsRow> rows = run.probe();
    return rows.subList((int) Math.ceil(BEGINNING * rows.size()), rows.size());
  }

  private static Spread late(MeasuredRun run) {
    List<Double> values =
        lateRows(run).stream()
            .flatMap(row -> row.values().values().stream())
            .filter(Double::isFinite)
            .toList();
    return values.isEmpty() ? new Spread(Double.NaN, Double.NaN, Double.NaN) : Spread.of(values);
  }
}
