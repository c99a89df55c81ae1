package io.github.tfkfac.tools.lab.command;

import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.tools.lab.bench.StaggeredMeasurement;
import io.github.tfkfac.tools.lab.bench.WindowTimes;
import io.github.tfkfac.tools.render.Curve;
import io.github.tfkfac.tools.render.Plot;
import io.github.tfkfac.tools.render.PlotRenderer;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Step times with refreshes together and staggered as a text, a plot and a file.
 *
 * @param setting what was asked for
 * @param found what was measured
 */
record BenchStaggeredReport(NetworkOptions.Setting setting, StaggeredMeasurement found) {

  String text() {
    return String.join(
        "\n",
        title() + ", %s; milliseconds%n".formatted(Counts.of(windows(), "window")),
        table().text(),
        """
        Newton refresh of the largest factor (order %d) alone  %.1f (median %.1f, max %.1f)
        longest step over plain step + largest refresh         together %.2f, staggered %.2f
        window's time, staggered over together                 %.3f
        """
            .formatted(
                found.largestOrder(),
                found.largestRefresh().min(),
                found.largestRefresh().median(),
                found.largestRefresh().max(),
                found.ratioTogether(),
                found.ratio(),
                found.ratioOfTotals()));
  }

  private Table table() {
    WindowTimes.Summary together = found.together().summary();
    WindowTimes.Summary staggered = found.staggered().summary();
    return new Table(
        List.of(
            Column.text("each step at its fastest"),
            Column.number("together"),
            Column.number("staggered")),
        List.of(
            row("plain step, median", together.plain(), staggered.plain()),
            row(
                "step with statistics alone, median",
                together.statistics(),
                staggered.statistics()),
            row("longest step", together.largest(), staggered.largest()),
            row(
                "longest step without statistics",
                together.largestWithoutStatistics(),
                staggered.largestWithoutStatistics()),
            row("all steps of the window", together.total(), staggered.total()),
            counts("longest step's place", together.largestIndex(), staggered.largestIndex()),
            counts("steps with a refresh", together.refreshSteps(), staggered.refreshSteps()),
            counts(
                "factors refreshed", together.refreshedFactors(), staggered.refreshedFactors())));
  }

  /** Step times over the window, and the two bounds. */
  Plot plot() {
    double last = found.staggered().steps().size() - 1.0;
    return new Plot(
        title(),
        "step of the window",
        "milliseconds",
        Plot.Scale.LINEAR,
        List.of(
            curve("together", found.together()),
            curve("staggered", found.staggered()),
            new Curve(
                "plain step + largest refresh",
                List.of(new Curve.Point(0, found.bound()), new Curve.Point(last, found.bound())))));
  }

  String csv() {
    StringBuilder lines = new StringBuilder("arm,step,statistics,factors_refreshed,fastest_ms");
    for (int window = 1; window <= windows(); window++) {
      lines.append(",window_").append(window).append("_ms");
    }
    lines.append('\n');
    lines(lines, "together", found.together());
    lines(lines, "staggered", found.staggered());
    return lines.toString();
  }

  void write(Path folder) throws IOException {
    Files.writeString(folder.resolve("staggered.csv"), csv());
    Files.write(folder.resolve("staggered.png"), PlotRenderer.png(List.of(plot())));
  }

  private static void lines(StringBuilder lines, String arm, WindowTimes window) {
    for (WindowTimes.Step step : window.steps()) {
      lines
          .append(arm)
          .append(',')
          .append(step.index())
          .append(',')
          .append(step.statistics())
          .append(',')
          .append(step.refreshed())
          .append(',')
          .append(number(step.fastest()));
      step.milliseconds().forEach(time -> lines.append(',').append(number(time)));
      lines.append('\n');
    }
  }

  private String title() {
    return "%s on %s, batch %d, T %d/%d"
        .formatted(
            setting.model(),
            setting.image(),
            setting.batch(),
            setting.statisticsPeriod(),
            setting.inversePeriod());
  }

  private int windows() {
    return found.together().steps().get(0).milliseconds().size();
  }

  private static Curve curve(String name, WindowTimes window) {
    return new Curve(
        name,
        window.steps().stream()
            .map(step -> new Curve.Point(step.index(), step.fastest()))
            .toList());
  }

  private static List<String> row(String name, double together, double staggered) {
    return List.of(name, number(together), number(staggered));
  }

  private static List<String> counts(String name, long together, long staggered) {
    return List.of(name, String.valueOf(together), String.valueOf(staggered));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
