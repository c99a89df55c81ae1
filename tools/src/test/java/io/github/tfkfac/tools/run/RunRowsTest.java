package io.github.tfkfac.tools.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.MetricsRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunRowsTest {

  @TempDir Path folder;

  @Test
  void theRowsOfAShortRunAreThoseOfItsFile() throws IOException {
    Path file = metrics(RunRows.MOST);

    assertThat(RunRows.read(file)).isEqualTo(MetricsCsv.read(file));
  }

  @Test
  void ofALongRunFewRowsAreKeptWithTheMeansOfAllSteps() throws IOException {
    long steps = 10L * RunRows.MOST + 7;
    List<MetricsRow> rows = RunRows.read(metrics(steps));

    List<MetricsRow> trained =
        rows.stream().filter(row -> row.values().containsKey("loss")).toList();
    assertThat(trained).hasSizeBetween(RunRows.MOST / 2, RunRows.MOST + 2);
    assertThat(trained.get(0)).isEqualTo(row(1));
    assertThat(trained.get(trained.size() - 1)).isEqualTo(row(steps));
    double sum = 0;
    long before = 0;
    for (MetricsRow row : trained) {
      sum += row.values().getOrDefault("loss", Double.NaN) * (row.step() - before);
      before = row.step();
      assertThat(row.values()).containsEntry("skipped_steps", (double) row.step());
    }
    assertThat(sum).isCloseTo(steps * (steps + 1) / 2.0, within(1e-3));
    assertThat(rows)
        .filteredOn(row -> row.values().containsKey("test_loss"))
        .hasSize((int) (steps / 1000));
    assertThat(rows).extracting(MetricsRow::step).isSorted();
  }

  private static MetricsRow row(long step) {
    return new MetricsRow(step, Map.of("loss", (double) step, "skipped_steps", (double) step));
  }

  /** A loss after every step, an evaluation after every thousandth. */
  private Path metrics(long steps) throws IOException {
    String lines =
        LongStream.rangeClosed(1, steps)
            .mapToObj(
                step ->
                    "%d,%d,%d,\n".formatted(step, step, step)
                        + (step % 1000 == 0 ? step + ",,,0.5\n" : ""))
            .collect(Collectors.joining());
    return Files.writeString(
        folder.resolve("metrics.csv"), "step,loss,skipped_steps,test_loss\n" + lines);
  }
}
