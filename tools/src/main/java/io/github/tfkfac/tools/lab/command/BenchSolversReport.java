package io.github.tfkfac.tools.lab.command;

import io.github.tfkfac.tools.lab.bench.Solver;
import io.github.tfkfac.tools.lab.bench.SolverMeasurement;
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
import java.util.Map;
import java.util.TreeMap;

/**
 * Solvers' times as a table, a plot and a file.
 *
 * @param found what was measured
 */
record BenchSolversReport(List<SolverMeasurement> found) {

  Table table() {
    return new Table(
        List.of(
            Column.number("size"),
            Column.text("solver"),
            Column.number("rounds"),
            Column.number("median ms"),
            Column.number("min"),
            Column.number("max"),
            Column.number("residual")),
        found.stream()
            .map(
                one ->
                    List.of(
                        String.valueOf(one.size()),
                        one.solver().title(),
                        String.valueOf(one.rounds()),
                        milliseconds(one.milliseconds().median()),
                        milliseconds(one.milliseconds().min()),
                        milliseconds(one.milliseconds().max()),
                        String.format(Locale.ROOT, "%.1e", one.residual())))
            .toList());
  }

  /** Median times over the factor's order, both logarithmic. */
  Plot plot() {
    Map<Solver, List<Curve.Point>> points = new TreeMap<>();
    for (SolverMeasurement one : found) {
      points
          .computeIfAbsent(one.solver(), solver -> new ArrayList<>())
          .add(new Curve.Point(one.size(), one.milliseconds().median()));
    }
    return new Plot(
        "Refresh of one factor",
        "order of the factor",
        Plot.Scale.BINARY,
        "milliseconds",
        Plot.Scale.LOGARITHMIC,
        points.entrySet().stream()
            .map(entry -> new Curve(entry.getKey().title(), entry.getValue()))
            .toList());
  }

  String csv() {
    StringBuilder lines =
        new StringBuilder("size,solver,rounds,median_ms,min_ms,max_ms,residual\n");
    for (SolverMeasurement one : found) {
      lines.append(
          String.format(
              Locale.ROOT,
              "%d,%s,%d,%.3f,%.3f,%.3f,%.3e\n",
              one.size(),
              one.solver().name().toLowerCase(Locale.ROOT),
              one.rounds(),
              one.milliseconds().median(),
              one.milliseconds().min(),
              one.milliseconds().max(),
              one.residual()));
    }
    return lines.toString();
  }

  void write(Path folder) throws IOException {
    Files.writeString(folder.resolve("solvers.csv"), csv());
    Files.write(folder.resolve("solvers.png"), PlotRenderer.png(List.of(plot())));
  }

  private static String milliseconds(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
