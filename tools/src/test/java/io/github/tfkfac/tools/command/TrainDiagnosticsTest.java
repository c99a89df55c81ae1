package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.run.MetricsListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainDiagnosticsTest {

  @TempDir Path folder;
  private final Program program = new Program();

  @Test
  void everyLayerIsMeasuredInTheStepsThatAreAskedFor() throws IOException {
    int exitCode =
        program.runTiny(
            "train",
            "--runs=" + folder,
            "--name=a",
            "--optimizer=nkfac",
            "--stat-period=2",
            "--inverse-period=3",
            "--epochs=1",
            "--diagnostics=2");

    assertThat(exitCode).isZero();
    List<String> lines = Files.readAllLines(folder.resolve("a/diagnostics.csv"));
    List<String> header = List.of(lines.get(0).split(",", -1));
    List<List<String>> rows =
        lines.stream().skip(1).map(line -> List.of(line.split(",", -1))).toList();
    assertThat(header).startsWith("step", "layer", "cosine", "length_factor", "condition");
    assertThat(rows).extracting(row -> row.get(0)).containsOnly("2", "4");
    assertThat(rows).extracting(row -> row.get(1)).contains("*", "dense0/kernel", "linear/kernel");
    assertThat(rows)
        .filteredOn(row -> !row.get(1).equals("*"))
        .isNotEmpty()
        .allSatisfy(
            row -> {
              assertThat(number(row, header, "cosine")).isPositive().isLessThanOrEqualTo(1);
              assertThat(number(row, header, "condition")).isGreaterThan(1);
              assertThat(number(row, header, "input_age"))
                  .isEqualTo(row.get(0).equals("2") ? 1 : 0);
              assertThat(row.get(header.indexOf("newton_refreshes"))).isEmpty();
            });
    assertThat(folder.resolve("a/events/diagnostics")).isNotEmptyDirectory();
  }

  @Test
  void theStagesOfTheSameStepsAreTimed() throws IOException {
    assertThat(diagnosed("--name=a", "--optimizer=kfac", "--adaptive-damping=true")).isZero();

    assertThat(Files.readAllLines(folder.resolve("a/stages.csv")))
        .element(0)
        .isEqualTo("step,forward_backward,statistics,refresh,spectrum,directions,update");
    List<MetricsRow> stages = MetricsCsv.read(folder.resolve("a/stages.csv"));
    assertThat(stages).extracting(MetricsRow::step).containsExactly(2L, 4L, 6L, 8L);
    Map<Long, Double> seconds =
        MetricsCsv.read(folder.resolve("a/metrics.csv")).stream()
            .filter(row -> row.values().containsKey(MetricsListener.SECONDS))
            .collect(
                Collectors.toMap(
                    MetricsRow::step, row -> row.values().get(MetricsListener.SECONDS)));
    for (MetricsRow row : stages) {
      assertThat(row.values().keySet())
          .containsExactly("forward_backward", "statistics", "refresh", "directions", "update");
      assertThat(row.values().values().stream().mapToDouble(Double::doubleValue).sum())
          .as("all stages of step %d", row.step())
          .isPositive()
          .isLessThan(seconds.get(row.step()));
    }
  }

  @Test
  void aDampingThatIsAdaptedIsToldOfTheNetwork() throws IOException {
    assertThat(diagnosed("--name=a", "--optimizer=kfac", "--adaptive-damping=true")).isZero();

    Table table = Table.read(folder.resolve("a/diagnostics.csv"));
    assertThat(table.cells("2", "*", "damping_factor")).containsExactly("1.0");
    assertThat(table.cells("2", "*", "reduction_ratio")).containsExactly("");
    assertThat(Double.parseDouble(table.cells("6", "*", "damping_factor").get(0)))
        .isIn(1.0, Math.pow(0.95, 5), Math.pow(0.95, -5));
    assertThat(table.cells("6", "*", "reduction_ratio").get(0)).isNotEmpty();
  }

  @Test
  void aResumedRunHasEveryRowOnce() throws IOException {
    String[] options = {
      "--optimizer=ekfac", "--stat-period=2", "--inverse-period=3", "--diagnostics=2"
    };
    assertThat(diagnosed("--name=whole", "--optimizer=ekfac", "--epochs=3")).isZero();
    Path parts = Program.interruptedAfter(7, folder.resolve("parts"), options);
    for (String file : List.of("diagnostics.csv", "stages.csv")) {
      Path table = parts.resolve(file);
      String line = Files.readAllLines(table).get(1);
      // Of steps after the checkpoint, the last one cut off.
      Files.writeString(table, line.replaceFirst("2", "8") + "\n10,cut", StandardOpenOption.APPEND);
    }

    assertThat(program.run("train", "--resume=" + parts)).as(program.err()).isZero();

    Table resumed = Table.read(parts.resolve("diagnostics.csv"));
    assertThat(resumed).isEqualTo(Table.read(folder.resolve("whole/diagnostics.csv")));
    assertThat(resumed.rows()).extracting(row -> row.get(0)).contains("2", "8", "10", "12");
    assertThat(MetricsCsv.read(parts.resolve("stages.csv")))
        .extracting(MetricsRow::step)
        .containsExactly(2L, 4L, 6L, 8L, 10L, 12L);
  }

  @Test
  void accumulatedStepsHaveTheRowsOfWholeSteps() throws IOException {
    assertThat(diagnosed("--name=a", "--optimizer=kfac", "--accumulation=2", "--epochs=3"))
        .isZero();

    Table table = Table.read(folder.resolve("a/diagnostics.csv"));
    for (String layer : List.of("*", "dense0/kernel", "linear/kernel")) {
      assertThat(table.rows())
          .filteredOn(row -> row.get(1).equals(layer))
          .extracting(row -> row.get(0))
          .as(layer)
          .containsExactly("2", "4", "6");
    }
    assertThat(table.cells("4", "linear/kernel", "input_age")).containsExactly("0.0");
    assertThat(Double.parseDouble(table.cells("4", "linear/kernel", "cosine").get(0)))
        .isPositive()
        .isLessThanOrEqualTo(1);
    assertThat(MetricsCsv.read(folder.resolve("a/stages.csv")))
        .extracting(MetricsRow::step)
        .containsExactly(2L, 4L, 6L);
  }

  private int diagnosed(String name, String... more) {
    List<String> options =
        new ArrayList<>(
            List.of(
                name,
                "--runs=" + folder,
                "--stat-period=2",
                "--inverse-period=3",
                "--diagnostics=2"));
    options.addAll(List.of(more));
    if (options.stream().noneMatch(option -> option.startsWith("--epochs"))) {
      options.add("--epochs=2");
    }
    return program.runTiny("train", options.toArray(String[]::new));
  }

  /** A file of comma-separated cells without commas. */
  private record Table(List<String> header, List<List<String>> rows) {

    static Table read(Path file) throws IOException {
      List<List<String>> lines =
          Files.readAllLines(file).stream().map(line -> List.of(line.split(",", -1))).toList();
      return new Table(lines.get(0), lines.subList(1, lines.size()));
    }

    List<String> cells(String step, String layer, String column) {
      return rows.stream()
          .filter(row -> row.get(0).equals(step) && row.get(1).equals(layer))
          .map(row -> row.get(header.indexOf(column)))
          .toList();
    }
  }

  @Test
  void firstOrderOptimizersHaveNothingToDiagnose() {
    int exitCode =
        program.runTiny(
            "train", "--runs=" + folder, "--name=a", "--optimizer=sgdm", "--diagnostics=2");

    assertThat(exitCode).isEqualTo(2);
    assertThat(program.onlyLine()).contains("sgdm").contains("leave --diagnostics out");
    assertThat(folder.resolve("a")).doesNotExist();
  }

  private static double number(List<String> row, List<String> header, String column) {
    assertThat(row.get(header.indexOf(column))).as("%s of %s", column, row.get(1)).isNotEmpty();
    return Double.parseDouble(row.get(header.indexOf(column)));
  }
}
