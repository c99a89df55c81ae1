package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
