package io.github.tfkfac.tools.lab.experiment;

import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import io.github.tfkfac.tools.statistics.MeanInterval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The metrics of a series, one row per arm: means with their 95 % intervals over the seeds, and the
 * paper's numbers beside them.
 *
 * @param result the runs
 * @param series whose
 * @param metrics the columns
 */
public record MetricTable(ExperimentResult result, String series, List<Metric> metrics) {

  /** Text of a cell without a number. */
  public static final String NOTHING = "–";

  /** The table with the metrics alone. */
  public Table table() {
    return table(List.of(), arm -> Map.of());
  }

  /**
   * The table with more columns.
   *
   * @param headers of the columns on the right
   * @param cells an arm's cells by header
   */
  public Table table(List<String> headers, Cells cells) {
    List<Column> columns = new ArrayList<>(List.of(Column.text("arm"), Column.number("runs")));
    metrics.forEach(measure -> columns.add(Column.number(measure.header())));
    headers.forEach(header -> columns.add(Column.number(header)));
    List<List<String>> rows = new ArrayList<>();
    for (String arm : result.arms(series).keySet()) {
      List<String> row = new ArrayList<>();
      row.add(arm);
      row.add(Integer.toString(result.complete(series, arm).size()));
      metrics.forEach(measure -> row.add(cell(arm, measure)));
      Map<String, String> ofArm = cells.of(arm);
      headers.forEach(header -> row.add(ofArm.getOrDefault(header, NOTHING)));
      rows.add(row);
    }
    return new Table(columns, rows);
  }

  /** Cells beside an arm's metrics. */
  @FunctionalInterface
  public interface Cells {
    /** By header. */
    Map<String, String> of(String arm);
  }

  /** One row per run. */
  Table runs() {
    List<Column> columns =
        new ArrayList<>(List.of(Column.text("arm"), Column.number("seed"), Column.number("steps")));
    metrics.forEach(measure -> columns.add(Column.number(measure.header())));
    columns.add(Column.number("s/run"));
    List<List<String>> rows = new ArrayList<>();
    for (List<MeasuredRun> arm : result.arms(series).values()) {
      for (MeasuredRun run : arm) {
        List<String> row = new ArrayList<>();
        row.add(run.planned().arm().label() + (run.complete() ? "" : " (diverged)"));
        row.add(Long.toString(run.planned().seed()));
        row.add(Long.toString(run.finished().steps()));
        metrics.forEach(m -> row.add(number(m.value().applyAsDouble(run), m.decimals())));
        row.add(number(run.finished().wallSeconds(), 1));
        rows.add(row);
      }
    }
    return new Table(columns, rows);
  }

  private String cell(String arm, Metric measure) {
    return text(result.mean(series, arm, measure.value()), measure.decimals());
  }

  /** An interval as a cell. */
  public static String text(Optional<MeanInterval> interval, int decimals) {
    return interval.map(found -> found.text(decimals)).orElse(NOTHING);
  }

  /** A number as a cell. */
  public static String number(double value, int decimals) {
    return Double.isNaN(value) ? NOTHING : String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
