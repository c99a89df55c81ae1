package io.github.tfkfac.tools.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.github.tfkfac.tools.error.UserError;
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
    record("train", Map.of("strict", true)).write(folder);
    String written = Files.readString(folder.record());
    Files.writeString(folder.record(), written.replace("\"strict\"", "\"normalisation-blocks\""));
    assertThat(RunRecord.read(folder).options())
        .containsExactly(entry("normalization-blocks", true));
  }

  @Test
  void aRunThatTrainsSomethingElseIsRejected() {
    RunFolder folder = new RunFolder(root);
    RunRecord classifier = record("train", Map.of("model", "mlp"));
    RunRecord detector = record("detect overfit", Map.of("detector", "small"));

    classifier.requireTraining(folder, false);
    detector.requireTraining(folder, true);
    assertThatThrownBy(() -> classifier.requireTraining(folder, true))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("expected the run of a detector, found one of 'kfac train' in ");
    assertThatThrownBy(() -> detector.requireTraining(folder, false))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("expected the run of a classifier, found one of 'kfac detect over");
  }

  private static RunRecord record(String command, Map<String, Object> options) {
    return new RunRecord(
        command,
        List.of(),
        options,
        Map.of(),
        Map.of(),
        Environment.current(),
        "1970-01-01T00:00:00Z",
        Map.of());
  }
}
