package io.github.tfkfac.tools.run;

import io.github.tfkfac.models.train.TrainingListener;
import io.github.tfkfac.tools.record.EventFile;
import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.record.MetricsSink;
import io.github.tfkfac.tools.record.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes every step of a run to the metrics files of its folder, a table and TensorBoard events,
 * which are opened when training begins: a run that cannot begin, or continue, changes nothing.
 */
public abstract class RunMetrics implements TrainingListener, AutoCloseable {

  /** Column of the loss of a step's images. */
  public static final String LOSS = "loss";

  /** Column of the duration of a step. */
  public static final String SECONDS = "seconds";

  private final RunFolder folder;
  private final List<String> columns;
  private final List<MetricsSink> sinks = new ArrayList<>();

  /** Metrics for the run in a folder, with these columns. */
  protected RunMetrics(RunFolder folder, List<String> columns) {
    this.folder = folder;
    this.columns = List.copyOf(columns);
  }

  @Override
  public void started(StartReport report) {
    Clock clock = Clock.systemUTC();
    long step = report.step();
    try {
      if (report.resumedFrom().isEmpty()) {
        folder.forgetSteps();
      }
      sinks.add(
          Files.exists(folder.metrics())
              ? MetricsCsv.resume(folder.metrics(), columns, row -> isKept(row, report))
              : MetricsCsv.create(folder.metrics(), columns));
      EventFile events =
          Files.exists(folder.events())
              ? EventFile.resume(folder.events(), step - 1, clock)
              : EventFile.create(folder.events(), clock);
      sinks.add(events);
      MetricsCsv.forEach(folder.metrics(), row -> writeAgain(row, step, events));
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** Rows after the checkpoint come again, as does the last evaluation of a complete run. */
  private static boolean isKept(MetricsRow row, StartReport report) {
    boolean again = report.step() == report.totalSteps() && !row.values().containsKey(LOSS);
    return row.step() < report.step() || (row.step() == report.step() && !again);
  }

  /** TensorBoard drops the rows of the checkpoint's step too, of which the table knows the kept. */
  private static void writeAgain(MetricsRow row, long step, EventFile events) throws IOException {
    if (row.step() == step) {
      events.write(row);
    }
  }

  @Override
  public void stepped(StepReport report) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("epoch", (double) report.epoch());
    values.put(LOSS, report.loss());
    values.put("learning_rate", report.learningRate());
    values.put(SECONDS, report.duration().toNanos() / 1e9);
    values.put("skipped_steps", (double) report.health().skippedSteps());
    values.put("exact_refreshes", (double) report.health().exactRefreshes());
    values.put("newton_refreshes", (double) report.health().iterativeRefreshes());
    addTo(values, report);
    write(report.step(), values);
  }

  /** Adds what a step of this kind of training has besides. */
  protected abstract void addTo(Map<String, Double> values, StepReport report);

  /** Writes a row. */
  protected void write(long step, Map<String, Double> values) {
    try {
      for (MetricsSink sink : sinks) {
        sink.write(new MetricsRow(step, values));
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private UncheckedIOException unwritable(IOException e) {
    return new UncheckedIOException(
        "%s: expected a place where metrics can be written, found: %s; make room or see to the permissions, then resume the run"
            .formatted(folder.path(), e.getMessage()),
        e);
  }

  @Override
  public void close() throws IOException {
    for (MetricsSink sink : sinks) {
      sink.close();
    }
  }
}
