package io.github.tfkfac.tools.run;

import io.github.tfkfac.tools.record.DiagnosticsCsv.Row;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.render.Curve;
import io.github.tfkfac.tools.render.Plot;
import io.github.tfkfac.tools.render.Quantities;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Measurements of a run's layers to look at.
 *
 * @param rows of its diagnostics file
 */
public record DiagnosticsCurves(List<Row> rows) {

  private static final String INPUT = "input_";
  private static final String OUTPUT = "output_";

  public DiagnosticsCurves {
    rows = List.copyOf(rows);
  }

  /**
   * Every quantity against the step: its median over the layers, and the least and the greatest
   * value as a band. Quantities of both factors share a plot.
   */
  public List<Plot> plots() {
    Map<String, List<Curve>> byTitle = new LinkedHashMap<>();
    for (String quantity : quantities(rows)) {
      String title = quantity.replaceFirst("^(" + INPUT + "|" + OUTPUT + ")", "");
      byTitle
          .computeIfAbsent(title.replace('_', ' '), key -> new ArrayList<>())
          .add(curve(quantity));
    }
    List<Plot> plots = new ArrayList<>();
    byTitle.forEach(
        (title, curves) ->
            plots.add(new Plot(title, "step", title, RunCurves.lossScale(curves), curves)));
    return plots.stream().filter(RunCurves::showsAnything).toList();
  }

  private Curve curve(String quantity) {
    Map<Long, List<Double>> bySteps = new TreeMap<>();
    for (Row row : rows) {
      Stream.ofNullable(row.values().get(quantity))
          .filter(Double::isFinite)
          .forEach(
              value -> bySteps.computeIfAbsent(row.step(), step -> new ArrayList<>()).add(value));
    }
    List<Curve.Point> points = new ArrayList<>();
    bySteps.forEach((step, values) -> points.add(point(step, values.stream().sorted().toList())));
    return new Curve(quantity.replace('_', ' '), points);
  }

  private static Curve.Point point(long step, List<Double> sorted) {
    int last = sorted.size() - 1;
    double median = (sorted.get(last / 2) + sorted.get((last + 1) / 2)) / 2;
    return new Curve.Point(step, median, sorted.get(0), sorted.get(last));
  }

  /** The last step that was measured, 0 without any. */
  public long lastStep() {
    return rows.stream().mapToLong(Row::step).max().orElse(0);
  }

  /** The layers at the last step that was measured. */
  public Table layers() {
    List<Row> last = rows.stream().filter(row -> row.step() == lastStep()).toList();
    Set<String> quantities = quantities(last);
    List<Column> columns = new ArrayList<>(List.of(Column.text("layer")));
    quantities.forEach(quantity -> columns.add(Column.number(quantity.replace('_', ' '))));
    List<List<String>> cells = new ArrayList<>();
    for (Row row : last) {
      List<String> line = new ArrayList<>(List.of(row.layer()));
      for (String quantity : quantities) {
        Double value = row.values().get(quantity);
        line.add(value == null ? "" : Quantities.rounded(value));
      }
      cells.add(line);
    }
    return new Table(columns, cells);
  }

  /** The mean seconds of a step's stages and their shares, from the rows of its file. */
  public static Table stages(List<MetricsRow> rows) {
    Map<String, Double> seconds = new LinkedHashMap<>();
    for (MetricsRow row : rows) {
      row.values()
          .forEach((stage, value) -> seconds.merge(stage, value / rows.size(), Double::sum));
    }
    double all = seconds.values().stream().mapToDouble(Double::doubleValue).sum();
    List<List<String>> cells = new ArrayList<>();
    seconds.forEach(
        (stage, value) ->
            cells.add(
                List.of(
                    stage.replace('_', ' '),
                    Quantities.rounded(value),
                    Quantities.percent(value / all))));
    return new Table(
        List.of(Column.text("stage"), Column.number("mean seconds"), Column.number("share")),
        cells);
  }

  /** Those of which there is a value. */
  private static Set<String> quantities(List<Row> rows) {
    Set<String> found = new LinkedHashSet<>();
    rows.forEach(row -> found.addAll(row.values().keySet()));
    return found;
  }
}
