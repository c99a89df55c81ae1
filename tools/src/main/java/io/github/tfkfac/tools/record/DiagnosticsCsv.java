package io.github.tfkfac.tools.record;

import io.github.tfkfac.tools.error.UserError;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measurements of layers as a CSV file: a header {@code step,layer,<quantities>}, one line per step
 * and layer, an empty cell where a layer lacks a value. Every line is on disk when {@code write}
 * returns.
 */
public final class DiagnosticsCsv implements AutoCloseable {
  private static final Pattern LINE =
      Pattern.compile("(?<step>\\d+),(?<layer>\"(?:[^\"]|\"\")*\"|[^,\"]*)(?<values>,.*)");

  private final List<String> quantities;
  private final BufferedWriter file;

  private DiagnosticsCsv(List<String> quantities, BufferedWriter file) {
    this.quantities = List.copyOf(quantities);
    this.file = file;
  }

  /**
   * Starts a new file.
   *
   * @throws IOException if the file is there already or cannot be written
   */
  public static DiagnosticsCsv create(Path path, List<String> quantities) throws IOException {
    DiagnosticsCsv csv =
        new DiagnosticsCsv(
            quantities, Files.newBufferedWriter(path, StandardOpenOption.CREATE_NEW));
    csv.line(header(quantities));
    return csv;
  }

  /**
   * Continues a file after {@code step}: later lines and an incomplete last one are removed first,
   * in one atomic replacement. A file that is absent is started.
   *
   * @throws UserError if the file has other columns
   * @throws IOException if it cannot be read or written
   */
  public static DiagnosticsCsv resume(Path path, List<String> quantities, long step)
      throws IOException {
    if (Files.notExists(path)) {
      return create(path, quantities);
    }
    Path part = path.resolveSibling(path.getFileName() + ".part");
    try (WholeLines lines = new WholeLines(path);
        BufferedWriter copy = Files.newBufferedWriter(part)) {
      String header = lines.next();
      if (!header(quantities).equals(header)) {
        throw new UserError(
            "%s:1: expected the columns '%s' to resume, found '%s'; start a new run instead"
                .formatted(path, header(quantities), header == null ? "" : header));
      }
      copy.write(header + "\n");
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (stepOf(line, path) <= step) {
          copy.write(line + "\n");
        }
      }
    } catch (UserError | IOException failed) {
      Files.deleteIfExists(part);
      throw failed;
    }
    Files.move(part, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return new DiagnosticsCsv(quantities, Files.newBufferedWriter(path, StandardOpenOption.APPEND));
  }

  /**
   * Measurements of one layer at one step.
   *
   * @param step the number of finished steps
   * @param layer its name, {@code *} for the whole network
   * @param values by quantity, those that the layer has
   */
  public record Row(long step, String layer, Map<String, Double> values) {
    public Row {
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }
  }

  /**
   * The rows of a file; a last line without its line break is ignored, since its writing was cut
   * off.
   *
   * @throws UserError naming the line that is not a row
   * @throws IOException if the file cannot be read
   */
  public static List<Row> read(Path path) throws IOException {
    try (WholeLines lines = new WholeLines(path)) {
      String header = lines.next();
      if (header == null || !(header + ",").startsWith(header(List.of()))) {
        throw new UserError(path + ":1: expected the header 'step,layer,<quantities>'");
      }
      List<String> columns = List.of(header.split(",", -1));
      List<Row> rows = new ArrayList<>();
      for (String line = lines.next(); line != null; line = lines.next()) {
        rows.add(row(columns.subList(2, columns.size()), line, path + ":" + (rows.size() + 2)));
      }
      return rows;
    }
  }

  private static Row row(List<String> quantities, String line, String where) {
    Matcher parts = LINE.matcher(line);
    if (!parts.matches()) {
      throw new UserError(where + ": expected a step, a layer and numbers, found '" + line + "'");
    }
    String[] cells = parts.group("values").substring(1).split(",", -1);
    if (cells.length != quantities.size()) {
      throw new UserError(
          "%s: expected %d numbers, found %d".formatted(where, quantities.size(), cells.length));
    }
    String layer = parts.group("layer");
    Map<String, Double> values = new LinkedHashMap<>();
    try {
      for (int i = 0; i < cells.length; i++) {
        if (!cells[i].isEmpty()) {
          values.put(quantities.get(i), Double.valueOf(cells[i]));
        }
      }
      return new Row(
          Long.parseLong(parts.group("step")),
          layer.startsWith("\"")
              ? layer.substring(1, layer.length() - 1).replace("\"\"", "\"")
              : layer,
          values);
    } catch (NumberFormatException notANumber) {
      throw new UserError(where + ": expected numbers, found '" + line + "'", notANumber);
    }
  }

  /** Writes what was measured of a layer, by quantity. */
  public void write(long step, String layer, Map<String, Double> values) throws IOException {
    StringBuilder cells = new StringBuilder().append(step).append(',').append(quoted(layer));
    for (String quantity : quantities) {
      Double value = values.get(quantity);
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

  private static String quoted(String layer) {
    return layer.matches("(?s).*[,\"\\r\\n].*") ? '"' + layer.replace("\"", "\"\"") + '"' : layer;
  }

  private static String header(List<String> quantities) {
    return "step,layer," + String.join(",", quantities);
  }

  private static long stepOf(String line, Path path) {
    try {
      return Long.parseLong(line.substring(0, Math.max(0, line.indexOf(','))));
    } catch (NumberFormatException notANumber) {
      throw new UserError(
          path + ": expected lines that begin with a step, found '" + line + "'", notANumber);
    }
  }
}
