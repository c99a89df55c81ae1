package io.github.tfkfac.tools.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.tools.error.UserError;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsCsvTest {
  private static final List<String> NAMES = List.of("loss", "accuracy");

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("metrics.csv");
  }

  @Test
  void rowsAreOnDiskAtOnceWithEmptyCellsForMissingValues() throws IOException {
    try (MetricsCsv csv = MetricsCsv.create(file, NAMES)) {
      csv.write(new MetricsRow(10, Map.of("loss", 0.5)));
      csv.write(new MetricsRow(20, Map.of("accuracy", 0.25, "loss", Double.NaN)));

      assertThat(file).hasContent("step,loss,accuracy\n10,0.5,\n20,NaN,0.25\n");
    }
  }

  @Test
  void whatIsWrittenIsReadBack() throws IOException {
    List<MetricsRow> rows =
        List.of(
            new MetricsRow(1, Map.of("loss", 1 / 3.0)),
            new MetricsRow(2, Map.of("loss", Double.POSITIVE_INFINITY, "accuracy", -1e-300)));
    write(rows);

    assertThat(MetricsCsv.read(file)).isEqualTo(rows);
  }

  @Test
  void resumingDropsLaterRowsAndAnUnfinishedLine() throws IOException {
    write(List.of(row(10), row(20), row(30)));
    Files.writeString(file, "40,0.", StandardOpenOption.APPEND);

    try (MetricsCsv csv = MetricsCsv.resume(file, NAMES, 20)) {
      csv.write(new MetricsRow(21, Map.of("loss", 7.0)));
    }

    assertThat(file).hasContent("step,loss,accuracy\n10,1.0,\n20,1.0,\n21,7.0,\n");
    assertThat(folder).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void resumingWithOtherColumnsIsRejectedAndKeepsTheFile() throws IOException {
    write(List.of(row(10)));

    assertThatThrownBy(() -> MetricsCsv.resume(file, List.of("loss"), 10))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected the columns 'step,loss' to resume");
    assertThat(MetricsCsv.read(file)).containsExactly(row(10));
  }

  @Test
  void anExistingFileIsNotOverwritten() throws IOException {
    write(List.of(row(10)));

    assertThatThrownBy(() -> MetricsCsv.create(file, NAMES))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void brokenRowsAreReportedWithTheirLine() throws IOException {
    Files.writeString(file, "step,loss\n1,2\n3,four\n");
    assertThatThrownBy(() -> MetricsCsv.read(file))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(file + ":3: expected numbers");

    Files.writeString(file, "step,loss\n1,2,3\n");
    assertThatThrownBy(() -> MetricsCsv.read(file))
        .isInstanceOf(UserError.class)
        .hasMessage(file + ":2: expected 2 cells, found 3");

    Files.writeString(file, "time,loss\n1,2\n");
    assertThatThrownBy(() -> MetricsCsv.read(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(":1: expected the header");
  }

  @Test
  void valuesWithoutAColumnAndUnfitNamesAreRejected() throws IOException {
    try (MetricsCsv csv = MetricsCsv.create(file, NAMES)) {
      MetricsRow strange = new MetricsRow(1, Map.of("speed", 1.0));
      assertThatThrownBy(() -> csv.write(strange))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("[speed]");
    }
    assertThatThrownBy(() -> MetricsCsv.create(folder.resolve("b.csv"), List.of("a,b")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private void write(List<MetricsRow> rows) throws IOException {
    try (MetricsCsv csv = MetricsCsv.create(file, NAMES)) {
      for (MetricsRow row : rows) {
        csv.write(row);
      }
    }
  }

  private static MetricsRow row(long step) {
    return new MetricsRow(step, Map.of("loss", 1.0));
  }
}
