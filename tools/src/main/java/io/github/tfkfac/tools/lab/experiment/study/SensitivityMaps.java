package io.github.tfkfac.tools.lab.experiment.study;

import io.github.tfkfac.tools.lab.experiment.ExperimentResult;
import io.github.tfkfac.tools.lab.experiment.MeasuredRun;
import io.github.tfkfac.tools.lab.experiment.MetricTable;
import io.github.tfkfac.tools.render.Drawing;
import io.github.tfkfac.tools.render.HeatMap;
import io.github.tfkfac.tools.render.HtmlReport.Figure;
import io.github.tfkfac.tools.render.HtmlReport.Heading;
import io.github.tfkfac.tools.render.HtmlReport.Paragraph;
import io.github.tfkfac.tools.render.HtmlReport.Section;
import io.github.tfkfac.tools.render.HtmlReport.TableSection;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import io.github.tfkfac.tools.statistics.MeanInterval;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The heat maps, and how large the region of good settings is in each.
 *
 * @param result the runs
 * @param series whose
 * @param grid the settings
 */
record SensitivityMaps(ExperimentResult result, String series, SensitivityGrid grid) {

  /** A good setting is at most this many percentage points below the best of all maps. */
  private static final double GOOD_WITHIN = 5;

  /** The colors span this many percentage points below the best; what is lower is palest. */
  private static final double COLORED = 30;

  List<Section> findings() {
    List<Section> findings = new ArrayList<>();
    findings.add(new Heading("Result on " + series));
    List<Drawing> maps = new ArrayList<>();
    List<List<String>> rows = new ArrayList<>();
    double best = best();
    for (int batch : grid.batches()) {
      List<List<Double>> epochs = values(batch, grid::atFixedEpochs);
      List<List<Double>> steps = values(batch, grid::atFixedSteps);
      maps.add(map("Batch %d, %d epochs".formatted(batch, grid.epochs()), epochs, best));
      maps.add(map("Batch %d, fixed steps".formatted(batch), steps, best));
      rows.add(row(batch, epochs, steps, best));
    }
    findings.add(
        Figure.of(
            "maps-" + series,
            "Test accuracy in per cent over learning rate and damping; the colors span the best 30"
                + " points, gray cells were not run, 0 stands for a run that diverged.",
            maps));
    findings.add(
        new TableSection(
            new Table(
                List.of(
                    Column.number("batch"),
                    Column.number("good settings, fixed epochs"),
                    Column.number("best %"),
                    Column.number("correlation"),
                    Column.number("good settings, fixed steps"),
                    Column.number("best %"),
                    Column.number("correlation")),
                rows)));
    findings.add(
        new Paragraph(
            "A good setting is at most %s percentage points below %.2f %%, the best of all cells. The correlation is that of the logarithms of learning rate and damping among the good settings; it has no value with fewer than three of them or without spread."
                .formatted(Grid.text(GOOD_WITHIN), best)));
    return findings;
  }

  private double best() {
    return result.runs().stream()
        .filter(run -> run.planned().series().equals(series))
        .flatMap(run -> java.util.stream.Stream.of(grid.atFixedEpochs(run), grid.atFixedSteps(run)))
        .filter(Double::isFinite)
        .max(Double::compare)
        .orElse(100.0);
  }

  private List<List<Double>> values(int batch, ToDoubleFunction<MeasuredRun> accuracy) {
    List<List<Double>> values = new ArrayList<>();
    for (double damping : grid.dampings()) {
      List<Double> row = new ArrayList<>();
      for (double rate : grid.rates()) {
        List<MeasuredRun> runs =
            result.arms(series).getOrDefault(grid.label(batch, rate, damping), List.of());
        row.add(ExperimentResult.mean(runs, accuracy).map(MeanInterval::mean).orElse(Double.NaN));
      }
      values.add(row);
    }
    return values;
  }

  private HeatMap map(String title, List<List<Double>> values, double best) {
    return new HeatMap(
        title,
        "learning rate",
        grid.rates().stream().map(Grid::text).toList(),
        "damping",
        grid.dampings().stream().map(Grid::text).toList(),
        values,
        Math.max(0, best - COLORED),
        Math.max(1, best));
  }

  private List<String> row(
      int batch, List<List<Double>> epochs, List<List<Double>> steps, double best) {
    List<String> row = new ArrayList<>();
    row.add(Integer.toString(batch));
    for (List<List<Double>> values : List.of(epochs, steps)) {
      List<double[]> good = new ArrayList<>();
      int run = 0;
      double highest = Double.NaN;
      for (int d = 0; d < values.size(); d++) {
        for (int r = 0; r < values.get(d).size(); r++) {
          double value = values.get(d).get(r);
          if (Double.isNaN(value)) {
            continue;
          }
          run++;
          highest = Double.isNaN(highest) ? value : Math.max(highest, value);
          if (value >= best - GOOD_WITHIN) {
            good.add(
                new double[] {Math.log(grid.rates().get(r)), Math.log(grid.dampings().get(d))});
          }
        }
      }
      row.add(good.size() + " of " + run);
      row.add(MetricTable.number(highest, 2));
      row.add(MetricTable.number(correlation(good), 2));
    }
    return row;
  }

  /** Pearson's; NaN where it is undefined or says nothing. */
  static double correlation(List<double[]> points) {
    if (points.size() < 3) {
      return Double.NaN;
    }
    double meanX = points.stream().mapToDouble(p -> p[0]).average().orElseThrow();
    double meanY = points.stream().mapToDouble(p -> p[1]).average().orElseThrow();
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (double[] point : points) {
      double x = point[0] - meanX;
      double y = point[1] - meanY;
      xy += x * y;
      xx += x * x;
      yy += y * y;
    }
    return xx == 0 || yy == 0 ? Double.NaN : xy / Math.sqrt(xx * yy);
  }
}
