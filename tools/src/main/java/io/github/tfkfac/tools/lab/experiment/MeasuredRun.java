package io.github.tfkfac.tools.lab.experiment;

import io.github.tfkfac.tools.lab.compare.FinishedRun;
import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.run.RunProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run that has ended, with what was measured in addition.
 *
 * @param planned what it was to be
 * @param finished its record and metrics
 * @param probe what the experiment's probe wrote, empty without one
 */
public record MeasuredRun(PlannedRun planned, FinishedRun finished, List<MetricsRow> probe) {

  public MeasuredRun {
    probe = List.copyOf(probe);
  }

  /** The run in its folder, unless it has not ended. */
  static Optional<MeasuredRun> read(PlannedRun planned, Path experiment) throws IOException {
    Path folder = planned.folder(experiment);
    Optional<FinishedRun> finished = FinishedRun.read(folder);
    if (finished.isEmpty()) {
      return Optional.empty();
    }
    Path probe = folder.resolve(RunProbe.FILE);
    return Optional.of(
        new MeasuredRun(
            planned,
            finished.get(),
            Files.isRegularFile(probe) ? MetricsCsv.read(probe) : List.of()));
  }

  /** Whether the run was trained to its end. */
  public boolean complete() {
    return finished.divergence().isEmpty();
  }

  /** A final number of the run's record; NaN without it. */
  public double result(String name) {
    return finished.record().result().get(name) instanceof Number number
        ? number.doubleValue()
        : Double.NaN;
  }

  /** One of the optimizer's final counters; NaN without it. */
  public double health(String name) {
    return finished.record().result().get("health") instanceof Map<?, ?> health
            && health.get(name) instanceof Number number
        ? number.doubleValue()
        : Double.NaN;
  }

  /** An option of the run as text; empty without it. */
  public String option(String name) {
    Object value = finished.record().options().get(name);
    return value == null ? "" : value.toString();
  }
}
