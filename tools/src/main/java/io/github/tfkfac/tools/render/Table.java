package io.github.tfkfac.tools.render;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Cells under headers, for a terminal or a page.
 *
 * @param columns headers and alignments
 * @param rows one cell per column
 */
public record Table(List<Column> columns, List<List<String>> rows) {
  /** Horizontal alignment of a cell's text. */
  public enum Align {
    LEFT,
    RIGHT
  }

  /**
   * One column.
   *
   * @param header its title
   * @param align numbers to the right, words to the left
   */
  public record Column(String header, Align align) {
    /** A column of words. */
    public static Column text(String header) {
      return new Column(header, Align.LEFT);
    }

    /** A column of numbers. */
    public static Column number(String header) {
      return new Column(header, Align.RIGHT);
    }
  }

  public Table {
    columns = List.copyOf(columns);
    rows = rows.stream().map(List::copyOf).toList();
    for (List<String> row : rows) {
      if (row.size() != columns.size()) {
        throw new IllegalArgumentException(
            "expected %d cells in a table row, found %d: %s"
                .formatted(columns.size(), row.size(), row));
      }
    }
  }

  /** A table of names and values. */
  public static Table of(Map<String, ?> entries) {
    return new Table(
        List.of(Column.text("what"), Column.text("value")),
        entries.entrySet().stream()
            .map(entry -> List.of(entry.getKey(), String.valueOf(entry.getValue())))
            .toList());
  }

  /** The table in fixed-width text; every line ends with a line break. */
  public String text() {
    int[] widths = new int[columns.size()];
    List<List<String>> lines = new ArrayList<>();
    lines.add(columns.stream().map(Column::header).toList());
    lines.addAll(rows);
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], length(line.get(i)));
      }
    }
    List<String> rule = new ArrayList<>();
    for (int width : widths) {
      rule.add("-".repeat(width));
    }
    lines.add(1, rule);
    return lines.stream().map(line -> line(line, widths)).collect(Collectors.joining());
  }

  private String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String padding = " ".repeat(widths[i] - length(cells.get(i)));
      boolean right = columns.get(i).align() == Align.RIGHT;
      line.append(i == 0 ? "" : "  ");
      line.append(right ? padding + cells.get(i) : cells.get(i) + padding);
    }
    return line.toString().stripTrailing() + "\n";
  }

  private static int length(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
