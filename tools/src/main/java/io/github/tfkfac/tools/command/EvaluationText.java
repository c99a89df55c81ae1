package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.tools.cli.ShellWords;
import io.github.tfkfac.tools.render.Quantities;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import io.github.tfkfac.tools.run.ClassEvaluation;
import io.github.tfkfac.tools.run.ConfusionMatrix;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Report of an evaluation, as text and as values.
 *
 * @param network name of the network
 * @param source where its weights are from
 * @param data the test images
 * @param evaluation the result
 */
record EvaluationText(String network, Path source, String data, ClassEvaluation evaluation) {

  /** Lines and a table for a terminal. */
  String text() {
    ConfusionMatrix matrix = evaluation.matrix();
    List<List<String>> rows = new ArrayList<>();
    for (int c = 0; c < matrix.classes().size(); c++) {
      rows.add(
          List.of(
              matrix.classes().get(c),
              Long.toString(matrix.images(c)),
              Long.toString(matrix.correct(c)),
              percent(matrix.correct(c), matrix.images(c)),
              error(matrix, c)));
    }
    return "%s from %s on %s%n%n".formatted(network, ShellWords.path(source), data)
        + String.format(
            Locale.ROOT,
            "test accuracy  %s (%d of %s)%ntest loss      %.4f%n%n",
            Quantities.accuracy(evaluation.accuracy()),
            matrix.correct(),
            Counts.of(matrix.images(), "image"),
            evaluation.loss())
        + new Table(
                List.of(
                    Column.text("class"),
                    Column.number("images"),
                    Column.number("correct"),
                    Column.number("accuracy %"),
                    Column.text("most often taken for")),
                rows)
            .text();
  }

  /** The same for programs. */
  Map<String, Object> values() {
    ConfusionMatrix matrix = evaluation.matrix();
    List<Map<String, Object>> classes = new ArrayList<>();
    for (int c = 0; c < matrix.classes().size(); c++) {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("name", matrix.classes().get(c));
      values.put("images", matrix.images(c));
      values.put("correct", matrix.correct(c));
      classes.add(values);
    }
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("network", network);
    values.put("source", source.toString());
    values.put("data", data);
    values.put("images", matrix.images());
    values.put("correct", matrix.correct());
    values.put("accuracy", evaluation.accuracy());
    values.put("loss", evaluation.loss());
    values.put("classes", classes);
    return values;
  }

  private static String error(ConfusionMatrix matrix, int actual) {
    return matrix.mostFrequentError(actual).stream()
        .mapToObj(other -> matrix.classes().get(other) + " (" + matrix.count(actual, other) + ")")
        .findFirst()
        .orElse("");
  }

  private static String percent(long part, long whole) {
    return whole == 0 ? "" : String.format(Locale.ROOT, "%.2f", 100.0 * part / whole);
  }
}
