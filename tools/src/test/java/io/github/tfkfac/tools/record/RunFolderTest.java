package io.github.tfkfac.tools.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.render.Json;
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

class RunFolderTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-21T10:02:03Z"), ZoneOffset.UTC);

  @TempDir Path root;

  @Test
  void theNameHasTheTimeAndTheRunsName() throws IOException {
    RunFolder folder = RunFolder.create(root.resolve("runs"), "resnet20-nkfac", CLOCK);

    assertThat(folder.path())
        .isDirectory()
        .isEqualTo(root.resolve("runs/20261121-100203-resnet20-nkfac"));
  }

  @Test
  void anExistingFolderIsNotOverwritten() throws IOException {
    RunFolder.create(root, "a", CLOCK);

    assertThatThrownBy(() -> RunFolder.create(root, "a", CLOCK))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is there already");
  }

  @Test
  void aFolderWhoseProcessWasKilledBeforeItsRunWasRecordedIsMadeAgain() throws IOException {
    Path path = root.resolve("a");
    RunFolder folder = RunFolder.create(path);
    assertThatThrownBy(() -> RunFolder.requireAbsent(path)).isInstanceOf(UserError.class);
    Files.createDirectories(path.resolve("shapes/images"));
    Files.writeString(folder.starting(), "1 of another time");

    RunFolder.requireAbsent(path);
    RunFolder again = RunFolder.create(path);

    assertThat(path.resolve("shapes")).doesNotExist();
    Files.writeString(again.starting(), "1 of another time");
    Files.writeString(again.record(), "{}");
    assertThatThrownBy(() -> RunFolder.create(path)).isInstanceOf(UserError.class);
  }

  @Test
  void aFileIsNoPlaceForRuns() throws IOException {
    Path file = Files.writeString(root.resolve("file"), "precious");
    String said = "expected a folder for new runs, found the file " + file.toAbsolutePath();
    assertThatThrownBy(() -> RunFolder.requireFolder(file))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(said);
    assertThatThrownBy(() -> RunFolder.create(file, "a", CLOCK))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(said);
    assertThat(file).hasContent("precious");
  }

  @Test
  void namesThatLeaveTheFolderAreRejected() {
    assertThatThrownBy(() -> RunFolder.create(root, "../a", CLOCK)).isInstanceOf(UserError.class);
  }

  @Test
  void aFolderWithoutARunIsNotOpened() throws IOException {
    RunFolder created = RunFolder.create(root, "a", CLOCK);
    assertThatThrownBy(() -> RunFolder.existing(created.path()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("found no run.json");
  }

  @Test
  void theRecordIsReplacedAsAWhole() throws IOException {
    RunFolder folder = RunFolder.create(root, "a", CLOCK);
    RunRecord started =
        new RunRecord(
            "train",
            List.of("train", "--epochs", "2"),
            Map.of("epochs", 2),
            Map.of("weights", 7L),
            Map.of("train_sha256", "ab"),
            Environment.current(),
            CLOCK.instant().toString(),
            Map.of());
    started.write(folder);
    started.withResult(Map.of("test/accuracy", 0.9)).write(folder);

    JsonNode json = new ObjectMapper().readTree(folder.record().toFile());
    assertThat(json.at("/options/epochs").asInt()).isEqualTo(2);
    assertThat(json.at("/seeds/weights").asLong()).isEqualTo(7);
    assertThat(json.at("/result/test~1accuracy").asDouble()).isEqualTo(0.9);
    assertThat(json.at("/environment/tensorFlow").asText()).startsWith("2.");
    assertThat(json.at("/environment/machine/cores").asInt()).isPositive();
    assertThat(RunRecord.read(folder)).isEqualTo(started.withResult(Map.of("test/accuracy", 0.9)));
    assertThat(RunFolder.existing(folder.path())).isEqualTo(folder);
    assertThat(folder.path()).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void onlyAFolderInWhichNothingWasTrainedIsDiscarded() throws IOException {
    RunFolder begun = RunFolder.create(root, "begun", CLOCK);
    Files.writeString(begun.record(), "{}");
    Files.createFile(Files.createDirectory(begun.path().resolve("shapes")).resolve("a.jpg"));
    assertThat(begun.discard()).isTrue();
    assertThat(begun.path()).doesNotExist();

    RunFolder trained = RunFolder.create(root, "trained", CLOCK);
    Files.writeString(trained.metrics(), "step\n");
    assertThat(trained.discard()).isFalse();
    assertThat(trained.metrics()).exists();

    RunFolder saved = RunFolder.create(root, "saved", CLOCK);
    Files.createDirectory(saved.checkpoints());
    assertThat(saved.discard()).isFalse();
    assertThat(saved.checkpoints()).exists();
  }

  @Test
  void aRecordWithoutDataIsReadAndAnythingElseRejected() throws IOException {
    RunFolder folder = RunFolder.create(root, "a", CLOCK);
    String environment = Json.text(Environment.current());
    Files.writeString(
        folder.record(),
        "{\"command\":\"x\",\"arguments\":[],\"started\":\"\",\"more\":1,\"environment\":%s}"
            .formatted(environment));
    assertThat(RunRecord.read(folder).data()).isEmpty();

    Files.writeString(folder.record(), "{\"command\":");
    assertThatThrownBy(() -> RunRecord.read(folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("run.json: not the record of a run");
  }
}
