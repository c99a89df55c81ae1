package io.github.tfkfac.tools.render;

import java.util.List;

/**
 * Numbers in a grid, each cell in a color of its value.
 *
 * @param title above the grid
 * @param xLabel what the columns are
 * @param columns their names, from left to right
 * @param yLabel what the rows are
 * @param rows their names, from the bottom to the top
 * @param values by row and column; NaN leaves a cell empty
 * @param low value of the palest color
 * @param high value of the darkest color
 */
public record HeatMap(
    String title,
    String xLabel,
    List<String> columns,
    String yLabel,
    List<String> rows,
    List<List<Double>> values,
    double low,
    double high)
    implements Drawing {

  public HeatMap {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
    values = values.stream().map(List::copyOf).toList();
    if (values.size() != rows.size()) {
      throw new IllegalArgumentException(
          "expected a row of values for each of the %d rows of '%s', found %d"
              .formatted(rows.size(), title, values.size()));
    }
    for (List<Double> row : values) {
      if (row.size() != columns.size()) {
        throw new IllegalArgumentException(
            "expected %d values in every row of '%s', found %d"
                .formatted(columns.size(), title, row.size()));
      }
    }
    if (!(low < high)) {
      throw new IllegalArgumentException(
          "expected the colors of '%s' to go from a lower to a higher value, found %s to %s"
              .formatted(title, low, high));
    }
  }
}
