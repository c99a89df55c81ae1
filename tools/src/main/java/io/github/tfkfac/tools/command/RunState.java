package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.record.RunRecord;
import io.github.tfkfac.tools.render.Quantities;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import io.github.tfkfac.tools.run.MetricsListener;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The point that a run has reached, and its numbers there.
 *
 * @param record its record
 * @param rows its metrics
 */
record RunState(RunRecord record, List<MetricsRow> rows) {

  private static final String WALL_SECONDS = "wall_seconds";
  private static final String DIVERGED = "diverged";
  private static final String ACCURACY = MetricsListener.ACCURACY;
  private static final String TEST_ACCURACY = MetricsListener.TEST_ACCURACY;

  /** Beginnings of the names of what evaluations measure. */
  private static final List<String> EVALUATED = List.of("test_", "box_", "mask_");

  private static final String HEALTH = "health";
  private static final Pattern CAMEL = Pattern.compile("([a-z])([A-Z])");

  RunState {
    rows = List.copyOf(rows);
  }

  /** Warning about a training after which fewer test images are classified correctly. */
  static Optional<String> warning(double before, double after) {
    return after < before
        ? Optional.of(
            "The model is worse than before training: its test accuracy fell from %s to %s; train it with a smaller --lr or more --epochs."
                .formatted(Quantities.accuracy(before), Quantities.accuracy(after)))
        : Optional.empty();
  }

  /** The same of this run, if it was evaluated before its first step. */
  Optional<String> warning() {
    Optional<Double> before =
        rows.stream()
            .filter(row -> row.step() == 0)
            .flatMap(row -> Optional.ofNullable(row.values().get(TEST_ACCURACY)).stream())
            .findFirst();
    return record.result().get(TEST_ACCURACY) instanceof Number after
        ? before.flatMap(some -> warning(some, after.doubleValue()))
        : Optional.empty();
  }

  boolean isComplete() {
    return !record.result().isEmpty();
  }

  private long steps() {
    return rows.stream().mapToLong(MetricsRow::step).max().orElse(0);
  }

  /** One sentence. */
  String sentence() {
    String begun =
        "Begun %s by kfac %s; "
            .formatted(record.started().replaceFirst("\\.\\d+Z$", "Z"), record.command());
    if (record.result().get(DIVERGED) != null) {
      return begun + "ended as diverged: " + record.result().get(DIVERGED);
    }
    if (!isComplete()) {
      return begun
          + (steps() == 0
              ? "no step is recorded yet."
              : "not complete, " + Counts.of(steps(), "step") + " recorded.");
    }
    String time =
        record.result().get(WALL_SECONDS) instanceof Number seconds
            ? " in " + Quantities.time(Math.round(seconds.doubleValue()))
            : "";
    return begun + "complete after " + Counts.of(steps(), "step") + time + ".";
  }

  /** The final numbers, or the last ones of a run that is not complete. */
  Table result() {
    Map<String, String> numbers = new LinkedHashMap<>();
    if (isComplete()) {
      record.result().forEach((name, value) -> flatten(name, value, numbers));
    } else {
      Map<String, Double> last = new LinkedHashMap<>();
      rows.forEach(row -> last.putAll(row.values()));
      last.forEach((name, value) -> flatten(name, value, numbers));
    }
    return Table.of(numbers);
  }

  private static void flatten(String name, @Nullable Object value, Map<String, String> numbers) {
    if (value instanceof Map<?, ?> parts) {
      String prefix = name.equals(HEALTH) ? "" : name + " ";
      parts.forEach((part, number) -> flatten(prefix + part, number, numbers));
    } else {
      numbers.putIfAbsent(words(name), text(name, value));
    }
  }

  /** {@code skippedSteps} and {@code test_loss} as words; {@code AP50} stays. */
  private static String words(String name) {
    return CAMEL
        .matcher(name.replace('_', ' '))
        .replaceAll(at -> at.group(1) + " " + at.group(2).toLowerCase(Locale.ROOT));
  }

  private static String text(String name, @Nullable Object value) {
    if (!(value instanceof Double number)) {
      return String.valueOf(value);
    }
    return name.endsWith(ACCURACY) ? Quantities.accuracy(number) : Quantities.rounded(number);
  }

  /** The evaluations during training; empty without any. */
  Optional<Table> evaluations() {
    List<String> names =
        rows.stream()
            .flatMap(row -> row.values().keySet().stream())
            .filter(name -> EVALUATED.stream().anyMatch(name::startsWith))
            .distinct()
            .sorted()
            .toList();
    List<Column> columns = new ArrayList<>(List.of(Column.number("step")));
    names.forEach(name -> columns.add(Column.number(words(name))));
    List<List<String>> cells =
        rows.stream()
            .filter(row -> names.stream().anyMatch(row.values()::containsKey))
            .map(row -> line(row, names))
            .toList();
    return cells.isEmpty() ? Optional.empty() : Optional.of(new Table(columns, cells));
  }

  private static List<String> line(MetricsRow row, List<String> names) {
    List<String> line = new ArrayList<>(List.of(Long.toString(row.step())));
    for (String name : names) {
      Double value = row.values().get(name);
      line.add(value == null ? "" : text(name, value));
    }
    return line;
  }
}
