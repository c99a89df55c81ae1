package io.github.tfkfac.tools.lab.experiment;

import io.github.tfkfac.tools.record.MetricsRow;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Everything that was measured, as CSV: {@code results.csv} with a line per run, step and source
 * (metrics or probe), {@code summary.csv} with a line per run. What is unknown stays empty.
 */
final class ResultsCsv {

  private ResultsCsv() {}

  static void write(ExperimentResult result, Path file) throws IOException {
    Set<String> names = new LinkedHashSet<>();
    for (MeasuredRun run : result.runs()) {
      run.finished().rows().forEach(row -> names.addAll(row.values().keySet()));
      run.probe().forEach(row -> names.addAll(row.values().keySet()));
    }
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      out.write("series,arm,seed,step" + joined(List.copyOf(names)) + "\n");
      for (MeasuredRun run : result.runs()) {
        for (List<MetricsRow> rows : List.of(run.finished().rows(), run.probe())) {
          for (MetricsRow row : rows) {
            out.write(
                identity(run)
                    + ","
                    + row.step()
                    + joined(names.stream().map(name -> cell(row.values().get(name))).toList())
                    + "\n");
          }
        }
      }
    }
  }

  static void writeSummary(ExperimentResult result, List<Metric> metrics, Path file)
      throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      out.write(
          "series,arm,seed,steps,wall_seconds,diverged"
              + joined(metrics.stream().map(Metric::name).toList())
              + "\n");
      for (MeasuredRun run : result.runs()) {
        out.write(
            identity(run)
                + ","
                + run.finished().steps()
                + ","
                + cell(run.finished().wallSeconds())
                + ","
                + !run.complete()
                + joined(metrics.stream().map(m -> cell(m.value().applyAsDouble(run))).toList())
                + "\n");
      }
    }
  }

  private static String identity(MeasuredRun run) {
    return String.join(
        ",",
        run.planned().series(),
        run.planned().arm().label(),
        Long.toString(run.planned().seed()));
  }

  private static String joined(List<String> cells) {
    return cells.isEmpty() ? "" : "," + String.join(",", cells);
  }

  private static String cell(@org.jspecify.annotations.Nullable Double value) {
    return value == null || value.isNaN() ? "" : value.toString();
  }
}
