package io.github.tfkfac.tools.run;

import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.MetricsRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a run's metrics file as curves and reports need them, in little memory however long it
 * is: of several thousand steps, those but the first and the last are joined with their neighbors.
 * Losses, accuracies and seconds become means, everything else is that of the last step joined. All
 * evaluations stay.
 */
public final class RunRows {

  /** Steps up to which none are joined. */
  static final int MOST = 4000;

  private static final Set<String> MEANS =
      Set.of(RunMetrics.LOSS, MetricsListener.ACCURACY, RunMetrics.SECONDS);

  private final List<MetricsRow> evaluations = new ArrayList<>();
  private final List<Joined> steps = new ArrayList<>();
  private @Nullable MetricsRow first;
  private @Nullable MetricsRow last;
  private long width = 1;

  private RunRows() {}

  /** Neighboring steps as one row. */
  private record Joined(MetricsRow row, long count) {

    Joined with(Joined later) {
      Map<String, Double> values = new LinkedHashMap<>(later.row.values());
      values.replaceAll(
          (name, value) ->
              MEANS.contains(name)
                  ? (row.values().getOrDefault(name, Double.NaN) * count + value * later.count)
                      / (count + later.count)
                  : value);
      return new Joined(new MetricsRow(later.row.step(), values), count + later.count);
    }
  }

  /**
   * Reads a file.
   *
   * @throws io.github.tfkfac.tools.error.UserError naming the line that is not a row
   * @throws IOException if the file cannot be read
   */
  public static List<MetricsRow> read(Path metrics) throws IOException {
    RunRows rows = new RunRows();
    MetricsCsv.forEach(metrics, rows::add);
    return rows.all();
  }

  private void add(MetricsRow row) {
    if (!row.values().containsKey(RunMetrics.LOSS)) {
      evaluations.add(row);
    } else if (first == null) {
      first = row;
    } else {
      if (last != null) {
        join(new Joined(last, 1));
      }
      last = row;
    }
  }

  private void join(Joined step) {
    int end = steps.size() - 1;
    if (end >= 0 && steps.get(end).count() < width) {
      steps.set(end, steps.get(end).with(step));
    } else {
      steps.add(step);
    }
    if (steps.size() == MOST && steps.get(MOST - 1).count() == width) {
      for (int i = 0; i < MOST / 2; i++) {
        steps.set(i, steps.get(2 * i).with(steps.get(2 * i + 1)));
      }
      steps.subList(MOST / 2, MOST).clear();
      width *= 2;
    }
  }

  private List<MetricsRow> all() {
    return Stream.of(
            Stream.ofNullable(first),
            steps.stream().map(Joined::row),
            Stream.ofNullable(last),
            evaluations.stream())
        .flatMap(rows -> rows)
        .sorted(Comparator.comparingLong(MetricsRow::step))
        .toList();
  }
}
