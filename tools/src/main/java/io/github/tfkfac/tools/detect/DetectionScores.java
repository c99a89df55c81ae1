package io.github.tfkfac.tools.detect;

import io.github.tfkfac.detection.evaluate.CategoryMetrics;
import io.github.tfkfac.detection.evaluate.Evaluation;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An evaluation's numbers, for people and for programs.
 *
 * @param overlap what was compared, {@code box} or {@code mask}
 * @param numbers COCO's twelve
 * @param categories of each category that has an object
 */
public record DetectionScores(
    String overlap, Map<String, Double> numbers, List<CategoryMetrics> categories) {

  /** Of an evaluation. */
  public static DetectionScores of(Evaluation evaluation) {
    return new DetectionScores(
        evaluation.options().overlap().name().toLowerCase(Locale.ROOT),
        evaluation.metrics().byName(),
        evaluation.perCategory());
  }

  /** Tables for a terminal; empty cells where there is no object to find. */
  public String text() {
    return overlaps().text() + "\n" + perCategory().text();
  }

  /** COCO's twelve numbers. */
  public Table overlaps() {
    List<Column> columns = new ArrayList<>(List.of(Column.text("")));
    List<String> row = new ArrayList<>(List.of(overlap));
    numbers.forEach(
        (name, value) -> {
          columns.add(Column.number(name));
          row.add(text(value));
        });
    return new Table(columns, List.of(row));
  }

  /** A row per category that has an object. */
  public Table perCategory() {
    return new Table(
        List.of(
            Column.text("category"),
            Column.number("objects"),
            Column.number("AP"),
            Column.number("AP50"),
            Column.number("AR100")),
        categories.stream()
            .filter(one -> one.objects() > 0)
            .map(
                one ->
                    List.of(
                        one.category().name(),
                        Integer.toString(one.objects()),
                        text(one.ap()),
                        text(one.ap50()),
                        text(one.ar())))
            .toList());
  }

  /** The same for programs. */
  public Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("overlap", overlap);
    values.putAll(numbers);
    values.put("categories", categories);
    return values;
  }

  private static String text(double value) {
    return value < 0 ? "" : String.format(Locale.ROOT, "%.4f", value);
  }
}
