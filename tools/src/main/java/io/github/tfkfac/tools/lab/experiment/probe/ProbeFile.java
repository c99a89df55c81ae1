package io.github.tfkfac.tools.lab.experiment.probe;

import io.github.tfkfac.models.train.TrainingListener.StartReport;
import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.run.RunProbe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A probe's numbers in the run's folder; opened when training begins, truncated on resume. */
final class ProbeFile implements AutoCloseable {

  private final Path path;
  private final List<String> columns;
  private @Nullable MetricsCsv file;

  ProbeFile(Path folder, List<String> columns) {
    this.path = folder.resolve(RunProbe.FILE);
    this.columns = List.copyOf(columns);
  }

  void open(StartReport start) {
    try {
      file =
          start.resumedFrom().isPresent() && Files.exists(path)
              ? MetricsCsv.resume(path, columns, start.step())
              : MetricsCsv.create(path, columns);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  void write(long step, Map<String, Double> values) {
    try {
      if (file != null) {
        file.write(new MetricsRow(step, values));
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  @Override
  public void close() {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private UncheckedIOException unwritable(IOException e) {
    return new UncheckedIOException(path + " cannot be written: " + e.getMessage(), e);
  }
}
