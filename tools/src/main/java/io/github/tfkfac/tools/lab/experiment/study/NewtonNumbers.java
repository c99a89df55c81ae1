package io.github.tfkfac.tools.lab.experiment.study;

import io.github.tfkfac.tools.lab.experiment.ExperimentResult;
import io.github.tfkfac.tools.lab.experiment.MeasuredRun;
import io.github.tfkfac.tools.lab.experiment.Metric;
import io.github.tfkfac.tools.lab.experiment.probe.NewtonProbe;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.render.Curve;
import io.github.tfkfac.tools.render.Drawing;
import io.github.tfkfac.tools.render.HtmlReport.Figure;
import io.github.tfkfac.tools.render.HtmlReport.Section;
import io.github.tfkfac.tools.render.Plot;
import io.github.tfkfac.tools.statistics.Spread;
import java.util.ArrayList;
import java.util.List;

/** Numbers and pictures of what {@link NewtonProbe} wrote. */
final class NewtonNumbers {

  /** Part of the Newton refreshes with the full step, all layers and refreshes counted. */
  static final Metric FULL_STEPS =
      new Metric(
          "full_steps_percent",
          "full steps %",
          1,
          run -> 100 * run.health("fullNewtonSteps") / run.health("newtonSteps"));

  private NewtonNumbers() {}

  /** The median of a quantity over factors and refreshes. */
  static Metric median(String quantity, String header) {
    return new Metric(quantity, header, 3, run -> median(quantity, run));
  }

  private static double median(String quantity, MeasuredRun run) {
    List<Double> values =
        run.probe().stream().flatMap(row -> values(quantity, row).stream()).toList();
    return values.isEmpty() ? Double.NaN : Spread.of(values).median();
  }

  private static List<Double> values(String quantity, MetricsRow row) {
    return row.values().entrySet().stream()
        .filter(entry -> entry.getKey().endsWith("/" + quantity))
        .map(java.util.Map.Entry::getValue)
        .filter(Double::isFinite)
        .toList();
  }

  /** Residuals and step sizes over the refreshes. */
  static List<Section> pictures(ExperimentResult result, String series) {
    List<Drawing> drawings = new ArrayList<>();
    drawings.add(
        plot("Residual before the refresh", "‖I − BM‖", result, series, NewtonProbe.BEFORE));
    drawings.add(plot("Residual after the refresh", "‖I − BM‖", result, series, NewtonProbe.AFTER));
    for (String arm : result.arms(series).keySet()) {
      List<MeasuredRun> runs = result.complete(series, arm);
      drawings.add(
          new Plot(
              "Step sizes from the states of " + arm,
              "step",
              "step size",
              Plot.Scale.LOGARITHMIC,
              List.of(
                  curve("α = 1/‖BM‖", runs, NewtonProbe.ALPHA),
                  curve("α*", runs, NewtonProbe.BEST_ALPHA))));
    }
    if (drawings.stream().allMatch(drawing -> isEmpty((Plot) drawing))) {
      return List.of();
    }
    return List.of(
        Figure.of(
            "newton-" + series,
            "Newton refreshes: in every refresh the median over all factors, then the mean over the"
                + " seeds with its 95 % interval.",
            drawings.stream().filter(drawing -> !isEmpty((Plot) drawing)).toList()));
  }

  private static boolean isEmpty(Plot plot) {
    return plot.curves().stream().allMatch(curve -> curve.points().isEmpty());
  }

  private static Plot plot(
      String title, String yLabel, ExperimentResult result, String series, String quantity) {
    return new Plot(
        title,
        "step",
        yLabel,
        Plot.Scale.LOGARITHMIC,
        result.arms(series).keySet().stream()
            .map(arm -> curve(arm, result.complete(series, arm), quantity))
            .toList());
  }

  private static Curve curve(String name, List<MeasuredRun> runs, String quantity) {
    List<Curve> curves = new ArrayList<>();
    for (MeasuredRun run : runs) {
      List<Curve.Point> points = new ArrayList<>();
      for (MetricsRow row : run.probe()) {
        List<Double> values = values(quantity, row);
        if (!values.isEmpty()) {
          points.add(new Curve.Point(row.step(), Spread.of(values).median()));
        }
      }
      curves.add(new Curve(name, points));
    }
    return Curve.mean(name, curves);
  }
}
