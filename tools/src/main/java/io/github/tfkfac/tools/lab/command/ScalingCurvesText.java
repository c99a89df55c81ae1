package io.github.tfkfac.tools.lab.command;

import io.github.tfkfac.tools.lab.bench.ScalingIteration;
import io.github.tfkfac.tools.lab.bench.ScalingSpeeds;
import io.github.tfkfac.tools.render.Curve;
import io.github.tfkfac.tools.render.Plot;
import io.github.tfkfac.tools.render.PlotRenderer;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Calculated iterations as a text, a plot and a file. */
final class ScalingCurvesText {

  /** The number of GPUs at which Osawa et al. found the shortest iteration. */
  private static final int OPTIMUM_OF_PAPER = 64;

  private static final double MEGA = 1e6;

  private ScalingCurvesText() {}

  static String text(ScalingCurves curves) {
    ScalingSpeeds speeds = curves.speeds();
    List<Column> seconds = new ArrayList<>(List.of(Column.number("workers")));
    curves.curves().forEach(curve -> seconds.add(Column.number(curve.name())));
    List<List<String>> rows = new ArrayList<>();
    List<ScalingIteration> first = curves.curves().get(0).iterations();
    for (int i = 0; i < first.size(); i++) {
      List<String> row = new ArrayList<>(List.of(String.valueOf(first.get(i).workers())));
      for (ScalingCurves.Curve curve : curves.curves()) {
        row.add(number("%.3f", curve.iterations().get(i).seconds().total()));
      }
      rows.add(row);
    }
    List<String> best = new ArrayList<>(List.of("best"));
    curves.curves().forEach(curve -> best.add(String.valueOf(curve.best())));
    rows.add(best);
    return String.join(
        "\n",
        title(curves) + "; calculated, not measured; seconds of the average iteration",
        String.format(
            Locale.ROOT,
            "bandwidth %.3g bytes/s, latency %.3g s; training %.3g, statistics %.3g, refresh %.3g flop/s, %.3g s for each factor",
            speeds.bandwidth(),
            speeds.latency(),
            speeds.training(),
            speeds.statistics(),
            speeds.refresh(),
            speeds.launch()),
        new Table(seconds, rows).text(),
        "Osawa et al. found the shortest iteration of K-FAC in every step at %d GPUs.\n"
            .formatted(OPTIMUM_OF_PAPER),
        "Megabytes that a worker receives in the average iteration, with the most workers",
        bytes(curves).text());
  }

  private static Table bytes(ScalingCurves curves) {
    List<List<String>> rows = new ArrayList<>();
    for (ScalingCurves.Curve curve : curves.curves()) {
      ScalingIteration.Bytes bytes = curve.iterations().get(curve.iterations().size() - 1).bytes();
      rows.add(
          List.of(
              curve.name(),
              number("%.1f", bytes.gradients() / MEGA),
              number("%.1f", bytes.moments() / MEGA),
              number("%.1f", bytes.results() / MEGA),
              number("%.1f", bytes.directions() / MEGA),
              number("%.1f", bytes.total() / MEGA)));
    }
    return new Table(
        List.of(
            Column.text("scheme, periods"),
            Column.number("gradients"),
            Column.number("moments"),
            Column.number("inverses"),
            Column.number("directions"),
            Column.number("all")),
        rows);
  }

  static String csv(ScalingCurves curves) {
    StringBuilder lines =
        new StringBuilder(
            "scheme,statistics_period,inverse_period,workers,total_s,training_s,gradients_s,statistics_s,moments_s,refresh_s,results_s,preconditioning_s,directions_s,received_bytes\n");
    for (ScalingCurves.Curve curve : curves.curves()) {
      for (ScalingIteration iteration : curve.iterations()) {
        ScalingIteration.Seconds s = iteration.seconds();
        lines
            .append('"')
            .append(curve.scheme().label())
            .append("\",")
            .append(curve.statisticsPeriod())
            .append(',')
            .append(curve.inversePeriod())
            .append(',')
            .append(iteration.workers());
        for (double value :
            List.of(
                s.total(),
                s.training(),
                s.gradients(),
                s.statistics(),
                s.moments(),
                s.refresh(),
                s.results(),
                s.preconditioning(),
                s.directions())) {
          lines.append(',').append(number("%.6f", value));
        }
        lines.append(',').append(number("%.0f", iteration.bytes().total())).append('\n');
      }
    }
    return lines.toString();
  }

  static void write(ScalingCurves curves, Path folder) throws IOException {
    Files.writeString(folder.resolve("scaling.csv"), csv(curves));
    List<Plot> plots =
        curves.curves().stream()
            .map(ScalingCurves.Curve::periods)
            .distinct()
            .map(periods -> plot(curves, periods))
            .toList();
    Files.write(folder.resolve("scaling.png"), PlotRenderer.png(plots));
  }

  /** Schemes with the same periods. */
  private static Plot plot(ScalingCurves curves, String periods) {
    List<Curve> lines = new ArrayList<>();
    double most = 0;
    for (ScalingCurves.Curve curve : curves.curves()) {
      if (curve.periods().equals(periods)) {
        List<Curve.Point> points = new ArrayList<>();
        for (ScalingIteration iteration : curve.iterations()) {
          double total = iteration.seconds().total();
          points.add(new Curve.Point(iteration.workers(), total));
          most = Math.max(most, total);
        }
        lines.add(new Curve(curve.scheme().label(), points));
      }
    }
    lines.add(
        new Curve(
            "best in the paper",
            List.of(
                new Curve.Point(OPTIMUM_OF_PAPER, 0), new Curve.Point(OPTIMUM_OF_PAPER, most))));
    return new Plot(
        "%s, T %s, calculated".formatted(curves.setting().model(), periods),
        "workers",
        Plot.Scale.BINARY,
        "seconds of an iteration",
        Plot.Scale.LINEAR,
        lines);
  }

  private static String title(ScalingCurves curves) {
    return "%s on %s, batch %d of each worker"
        .formatted(curves.setting().model(), curves.setting().image(), curves.setting().batch());
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
