package io.github.tfkfac.tools.run;

import io.github.tfkfac.models.train.ClassificationMetrics;
import io.github.tfkfac.models.train.TrainingListener;
import io.github.tfkfac.models.train.TrainingListener.EvaluationReport;
import io.github.tfkfac.models.train.TrainingListener.StartReport;
import io.github.tfkfac.models.train.TrainingListener.StepReport;
import io.github.tfkfac.tools.record.EventFile;
import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.record.MetricsSink;
import io.github.tfkfac.tools.record.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes every step and evaluation of a run to the metrics files of its folder, which are opened
 * when training begins: a run that cannot begin, or continue, changes nothing.
 */
public final class MetricsListener implements TrainingListener, AutoCloseable {

  /** Column of the loss of a step's images. */
  public static final String LOSS = "loss";

  /** Column of the accuracy on a step's images. */
  public static final String ACCURACY = "accuracy";

  /** Column of the loss of an evaluation. */
  public static final String TEST_LOSS = "test_loss";

  /** Column of the accuracy of an evaluation. */
  public static final String TEST_ACCURACY = "test_accuracy";

  /** Column of the duration of a step. */
  public static final String SECONDS = "seconds";

  /** The columns of a run's metrics file. */
  private static final List<String> COLUMNS =
      List.of(
          "epoch",
          LOSS,
          ACCURACY,
          "learning_rate",
          SECONDS,
          "images_per_second",
          "skipped_steps",
          "exact_refreshes",
          "newton_refreshes",
          TEST_LOSS,
          TEST_ACCURACY);

  private final RunFolder folder;
  private final Optional<ClassificationMetrics> before;
  private final List<MetricsSink> sinks = new ArrayList<>();

  /**
   * Metrics for the run in a folder.
   *
   * @param before how well the network did before its first step, if that is known
   */
  MetricsListener(RunFolder folder, Optional<ClassificationMetrics> before) {
    this.folder = folder;
    this.before = before;
  }

  @Override
  public void started(StartReport report) {
    Clock clock = Clock.systemUTC();
    long step = report.step();
    try {
      if (report.resumedFrom().isPresent()) {
        sinks.add(MetricsCsv.resume(folder.metrics(), COLUMNS, step));
        sinks.add(EventFile.resume(folder.events(), step, clock));
      } else {
        sinks.add(MetricsCsv.create(folder.metrics(), COLUMNS));
        sinks.add(EventFile.create(folder.events(), clock));
        before.ifPresent(found -> evaluated(new EvaluationReport(0, 0, found)));
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  @Override
  public void stepped(StepReport report) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("epoch", (double) report.epoch());
    values.put(LOSS, report.loss());
    values.put(ACCURACY, report.accuracy());
    values.put("learning_rate", report.learningRate());
    values.put(SECONDS, report.duration().toNanos() / 1e9);
    values.put("images_per_second", report.imagesPerSecond());
    values.put("skipped_steps", (double) report.health().skippedSteps());
    values.put("exact_refreshes", (double) report.health().exactRefreshes());
    values.put("newton_refreshes", (double) report.health().iterativeRefreshes());
    write(new MetricsRow(report.step(), values));
  }

  @Override
  public void evaluated(EvaluationReport report) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("epoch", (double) report.epoch());
    values.put(TEST_LOSS, report.evaluation().loss());
    values.put(TEST_ACCURACY, report.evaluation().accuracy());
    write(new MetricsRow(report.step(), values));
  }

  private void write(MetricsRow row) {
    try {
      for (MetricsSink sink : sinks) {
        sink.write(row);
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private static UncheckedIOException unwritable(IOException e) {
    return new UncheckedIOException("the run's metrics cannot be written: " + e.getMessage(), e);
  }

  @Override
  public void close() throws IOException {
    for (MetricsSink sink : sinks) {
      sink.close();
    }
  }
}
