package io.github.tfkfac.tools.record;

import io.github.tfkfac.tools.error.UserError;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Metrics as a CSV file: a header {@code step,<names>}, one line per row, an empty cell where a row
 * lacks a value. Every row is on disk when {@code write} returns.
 */
public final class MetricsCsv implements MetricsSink {
  private static final String STEP = "step";

  private final List<String> names;
  private final BufferedWriter file;

  private MetricsCsv(List<String> names, BufferedWriter file) {
    this.names = List.copyOf(names);
    this.file = file;
  }

  /**
   * Starts a new file with these metric names as columns.
   *
   * @throws IOException if the file is there already or cannot be written
   */
  public static MetricsCsv create(Path path, List<String> names) throws IOException {
    for (String name : names) {
      if (name.isBlank() || name.equals(STEP) || name.matches("(?s).*[,\"\\r\\n].*")) {
        throw new IllegalArgumentException(
            "expected metric names without comma, quote or line break and other than 'step',"
                + " found '"
                + name
                + "'");
      }
    }
    BufferedWriter file = Files.newBufferedWriter(path, StandardOpenOption.CREATE_NEW);
    MetricsCsv csv = new MetricsCsv(names, file);
    csv.line(header(names));
    return csv;
  }

  /**
   * Continues a file after {@code step}: later rows and an incomplete last line are removed first,
   * in one atomic replacement.
   *
   * @throws UserError if the file has other columns
   * @throws IOException if it cannot be read or written
   */
  public static MetricsCsv resume(Path path, List<String> names, long step) throws IOException {
    return resume(path, names, row -> row.step() <= step);
  }

  /**
   * Continues a file after the rows that are kept: the others and an incomplete last line are
   * removed first, in one atomic replacement.
   *
   * @throws UserError if the file has other columns
   * @throws IOException if it cannot be read or written
   */
  public static MetricsCsv resume(Path path, List<String> names, Predicate<MetricsRow> kept)
      throws IOException {
    Path part = path.resolveSibling(path.getFileName() + ".part");
    Files.deleteIfExists(part);
    try (WholeLines lines = new WholeLines(path);
        MetricsCsv copy = create(part, names)) {
      String[] columns = columns(path, lines.next());
      String found = String.join(",", columns);
      if (!found.equals(header(names))) {
        throw new UserError(
            "%s:1: expected the columns '%s' to resume, found '%s'; start a new run instead"
                .formatted(path, header(names), found));
      }
      forEach(
          path,
          columns,
          lines,
          row -> {
            if (kept.test(row)) {
              copy.write(row);
            }
          });
    } catch (UserError | IOException failed) {
      Files.deleteIfExists(part);
      throw failed;
    }
    Files.move(part, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return new MetricsCsv(names, Files.newBufferedWriter(path, StandardOpenOption.APPEND));
  }

  /** Takes the rows of a file, one after the other. */
  @FunctionalInterface
  public interface Rows {
    /** The next one. */
    void next(MetricsRow row) throws IOException;
  }

  /**
   * The rows of a file; a last line without its line break is ignored, since its writing was cut
   * off.
   *
   * @throws UserError naming the line that is not a row
   * @throws IOException if the file cannot be read
   */
  public static List<MetricsRow> read(Path path) throws IOException {
    List<MetricsRow> rows = new ArrayList<>();
    forEach(path, rows::add);
    return rows;
  }

  /**
   * The same for files of any length, with one row in memory at a time.
   *
   * @throws UserError naming the line that is not a row
   * @throws IOException if the file cannot be read
   */
  public static void forEach(Path path, Rows rows) throws IOException {
    try (WholeLines lines = new WholeLines(path)) {
      forEach(path, columns(path, lines.next()), lines, rows);
    }
  }

  private static void forEach(Path path, String[] columns, WholeLines lines, Rows rows)
      throws IOException {
    long number = 1;
    for (String line = lines.next(); line != null; line = lines.next()) {
      number++;
      rows.next(row(columns, line, path + ":" + number));
    }
  }

  private static String[] columns(Path path, @Nullable String header) {
    if (header == null || !(header + ",").startsWith(STEP + ",")) {
      throw new UserError(path + ":1: expected the header 'step,<names>' of a metrics file");
    }
    return header.split(",", -1);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the row has a value without a column
   */
  @Override
  public void write(MetricsRow row) throws IOException {
    if (!names.containsAll(row.values().keySet())) {
      TreeSet<String> strange = new TreeSet<>(row.values().keySet());
      names.forEach(strange::remove);
      throw new IllegalArgumentException(
          "expected metrics among " + names + ", found also " + strange + " at step " + row.step());
    }
    StringBuilder cells = new StringBuilder().append(row.step());
    for (String name : names) {
      Double value = row.values().get(name);
      cells.append(',').append(value == null ? "" : value.toString());
    }
    line(cells.toString());
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private void line(String text) throws IOException {
    file.write(text + "\n");
    file.flush();
  }

  private static String header(List<String> names) {
    return names.isEmpty() ? STEP : STEP + "," + String.join(",", names);
  }

  private static MetricsRow row(String[] columns, String line, String where) {
    String[] cells = line.split(",", -1);
    try {
      if (cells.length != columns.length) {
        throw new UserError(
            "%s: expected %d cells, found %d".formatted(where, columns.length, cells.length));
      }
      Map<String, Double> values = new LinkedHashMap<>();
      for (int i = 1; i < cells.length; i++) {
        if (!cells[i].isEmpty()) {
          values.put(columns[i], Double.valueOf(cells[i]));
        }
      }
      long step = Long.parseLong(cells[0]);
      if (step < 0) {
        throw new UserError("%s: expected a step >= 0, found %d".formatted(where, step));
      }
      return new MetricsRow(step, values);
    } catch (NumberFormatException notANumber) {
      throw new UserError(where + ": expected numbers, found '" + line + "'", notANumber);
    }
  }
}
