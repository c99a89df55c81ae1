package io.github.tfkfac.tools.record;

import io.github.tfkfac.tools.error.UserError;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Measurements of layers as a CSV file: a header {@code step,layer,<quantities>}, one line per step
 * and layer, an empty cell where a layer lacks a value. Every line is on disk when {@code write}
 * returns.
 */
public final class DiagnosticsCsv implements AutoCloseable {
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
    String text = Files.readString(path);
    List<String> lines = text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    if (lines.isEmpty() || !lines.get(0).equals(header(quantities))) {
      throw new UserError(
          "%s:1: expected the columns '%s' to resume, found '%s'; start a new run instead"
              .formatted(path, header(quantities), lines.isEmpty() ? "" : lines.get(0)));
    }
    String kept =
        lines.stream()
            .filter(line -> line.equals(lines.get(0)) || stepOf(line, path) <= step)
            .map(line -> line + "\n")
            .collect(Collectors.joining());
    Path part = path.resolveSibling(path.getFileName() + ".part");
    Files.write(part, kept.getBytes(StandardCharsets.UTF_8));
    Files.move(part, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return new DiagnosticsCsv(quantities, Files.newBufferedWriter(path, StandardOpenOption.APPEND));
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
