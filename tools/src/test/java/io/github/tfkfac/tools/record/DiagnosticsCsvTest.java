package io.github.tfkfac.tools.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.record.DiagnosticsCsv.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiagnosticsCsvTest {
  private static final String NAME = "a \"quoted\", layer";

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("diagnostics.csv");
    try (DiagnosticsCsv csv = DiagnosticsCsv.create(file, List.of("cosine", "age"))) {
      csv.write(2, "*", Map.of());
      csv.write(2, NAME, Map.of("cosine", 0.5, "age", 1.0));
      csv.write(4, "dense/kernel", Map.of("age", Double.NaN));
    }
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    append("6,dense/kern"); // cut off

    assertThat(DiagnosticsCsv.read(file))
        .containsExactly(
            new Row(2, "*", Map.of()),
            new Row(2, NAME, Map.of("cosine", 0.5, "age", 1.0)),
            new Row(4, "dense/kernel", Map.of("age", Double.NaN)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "6,a,1|:5: expected 2 numbers, found 1",
        "6,a,1,b|:5: expected numbers, found '6,a,1,b'",
        "six,a,1,2|:5: expected a step, a layer and numbers",
        "6|:5: expected a step, a layer and numbers"
      })
  void aLineThatIsNoRowIsNamed(String line, String message) throws IOException {
    append(line + "\n");

    assertThatThrownBy(() -> DiagnosticsCsv.read(file))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(file + message);
  }

  @Test
  void anotherFileIsRejected() throws IOException {
    Files.writeString(file, "step,loss\n1,2\n");
    assertThatThrownBy(() -> DiagnosticsCsv.read(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected the header 'step,layer,<quantities>'");
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 10});
    assertThatThrownBy(() -> DiagnosticsCsv.read(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected UTF-8 text");
  }

  private void append(String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.APPEND);
  }
}
