package io.github.tfkfac.tools.lab.experiment;

import io.github.tfkfac.tools.record.Environment;
import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import io.github.tfkfac.tools.run.RunProbe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes runs with made-up numbers; leaves those alone that are there, as a real executor does. */
public final class FakeRuns implements RunExecutor {
  private final Numbers numbers;
  private final List<String> trained = new ArrayList<>();
  private int limit = Integer.MAX_VALUE;

  /**
   * What a run gives.
   *
   * @param result of its record
   * @param metrics its rows
   * @param probe rows of its probe, none for no file
   */
  public record Fake(
      Map<String, Object> result, List<MetricsRow> metrics, List<MetricsRow> probe) {}

  /** Makes up a run. */
  @FunctionalInterface
  public interface Numbers {
    Fake of(PlannedRun run);
  }

  public FakeRuns(Numbers numbers) {
    this.numbers = numbers;
  }

  /** Stops after this many runs. */
  public FakeRuns stoppingAfter(int runs) {
    limit = runs;
    return this;
  }

  /** Names of the runs that were written, in order. */
  public List<String> trained() {
    return trained;
  }

  @Override
  public boolean train(List<PlannedRun> runs, Path folder) throws IOException {
    for (PlannedRun run : runs) {
      Path path = run.folder(folder);
      if (path.toFile().exists()) {
        continue;
      }
      if (trained.size() == limit) {
        return false;
      }
      trained.add(run.name());
      write(run, RunFolder.create(path));
    }
    return true;
  }

  private void write(PlannedRun run, RunFolder folder) throws IOException {
    Fake fake = numbers.of(run);
    Map<String, Object> options = new LinkedHashMap<>(run.arm().options());
    options.put("threads", "1");
    new RunRecord(
            "fake",
            List.of(),
            options,
            Map.of("seed", run.seed()),
            Map.of("train", "fake images", "train_sha256", "abc"),
            Environment.current(),
            "2026-01-01T00:00:00Z",
            fake.result())
        .write(folder);
    write(folder.metrics(), fake.metrics());
    if (!fake.probe().isEmpty()) {
      write(folder.path().resolve(RunProbe.FILE), fake.probe());
    }
  }

  private static void write(Path path, List<MetricsRow> rows) throws IOException {
    List<String> columns =
        rows.stream().flatMap(row -> row.values().keySet().stream()).distinct().toList();
    try (MetricsCsv csv = MetricsCsv.create(path, columns)) {
      for (MetricsRow row : rows) {
        csv.write(row);
      }
    }
  }

  /** The numbers of a classifier that loses its loss step by step and reaches an accuracy. */
  public static Fake classifier(double accuracy, int steps, double firstLoss) {
    List<MetricsRow> rows = new ArrayList<>();
    for (int step = 1; step <= steps; step++) {
      rows.add(
          new MetricsRow(
              step,
              Map.of("epoch", (step - 1) / 2.0, "loss", firstLoss / step, "seconds", 0.01 * step)));
    }
    rows.add(new MetricsRow(steps, Map.of("test_accuracy", accuracy, "test_loss", 0.5)));
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("test_accuracy", accuracy);
    result.put("test_loss", 0.5);
    result.put("test_images", 100);
    result.put("steps", steps);
    result.put("wall_seconds", 3.0);
    result.put(
        "health",
        Map.of(
            "exactRefreshes",
            3,
            "iterativeRefreshes",
            12,
            "newtonSteps",
            40,
            "fullNewtonSteps",
            10));
    return new Fake(result, rows, List.of());
  }
}
