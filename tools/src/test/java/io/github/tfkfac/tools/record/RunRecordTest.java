package io.github.tfkfac.tools.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunRecordTest {

  private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

  @TempDir Path root;

  @Test
  void anOptionsFormerNameIsReadAsItsNameOfToday() throws IOException {
    RunFolder folder = RunFolder.create(root, "run", CLOCK);
    new RunRecord(
            "train",
            List.of(),
            Map.of("strict", true),
            Map.of(),
            Map.of(),
            Environment.current(),
            "1970-01-01T00:00:00Z",
            Map.of())
        .write(folder);
    String written = Files.readString(folder.record());
    Files.writeString(folder.record(), written.replace("\"strict\"", "\"normalisation-blocks\""));
    assertThat(RunRecord.read(folder).options())
        .containsExactly(entry("normalization-blocks", true));
  }
}
