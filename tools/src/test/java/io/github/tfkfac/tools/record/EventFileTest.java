package io.github.tfkfac.tools.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.SessionLog;

class EventFileTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00.500Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

  @TempDir Path folder;

  @Test
  void theOwnChecksumOfThisTestIsTheStandardOne() {
    assertThat(crc32c("123456789".getBytes(StandardCharsets.US_ASCII))).isEqualTo(0xE3069283);
  }

  @Test
  void scalarsAreReadBackFromSoundRecords() throws IOException {
    try (EventFile events = EventFile.create(folder, CLOCK)) {
      events.write(new MetricsRow(3, Map.of("train/loss", 0.5)));
      events.write(new MetricsRow(4, Map.of("train/loss", 0.25)));
    }

    List<Event> events = events(files().get(0));
    assertThat(events).hasSize(3);
    assertThat(events.get(0).getFileVersion()).isEqualTo("brain.Event:2");
    assertThat(events.get(0).getWallTime()).isEqualTo(NOW.toEpochMilli() / 1000.0);
    assertThat(events.get(1).getStep()).isEqualTo(3);
    assertThat(events.get(1).getSummary().getValue(0).getTag()).isEqualTo("train/loss");
    assertThat(events.get(1).getSummary().getValue(0).getSimpleValue()).isEqualTo(0.5f);
    assertThat(events.get(2).getStep()).isEqualTo(4);
  }

  @Test
  void rowsAreOnDiskBeforeTheFileIsClosed() throws IOException {
    try (EventFile events = EventFile.create(folder, CLOCK)) {
      events.write(new MetricsRow(1, Map.of("loss", 1.0)));

      assertThat(events(files().get(0))).hasSize(2);
    }
  }

  @Test
  void resumingStartsAnotherFileThatRestartsAfterTheStep() throws IOException {
    EventFile.create(folder, CLOCK).close();
    EventFile.resume(folder, 20, CLOCK).close();

    assertThat(files()).hasSize(2);
    Event restart = events(files().get(1)).get(1);
    assertThat(restart.getSessionLog().getStatus()).isEqualTo(SessionLog.SessionStatus.START);
    assertThat(restart.getStep()).isEqualTo(21);
  }

  @Test
  void namesAreThoseTensorBoardLooksFor() throws IOException {
    EventFile.create(folder, CLOCK).close();

    assertThat(files().get(0).getFileName().toString())
        .startsWith("events.out.tfevents.1795255200");
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static List<Event> events(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<Event> events = new ArrayList<>();
    while (bytes.hasRemaining()) {
      byte[] length = new byte[8];
      bytes.get(length);
      assertThat(bytes.getInt()).isEqualTo(masked(crc32c(length)));
      byte[] data =
          new byte[(int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()];
      bytes.get(data);
      assertThat(bytes.getInt()).isEqualTo(masked(crc32c(data)));
      events.add(Event.parseFrom(data));
    }
    return events;
  }

  private static int masked(int crc) {
    return ((crc >>> 15) | (crc << 17)) + 0xa282ead8;
  }

  /** Bit by bit, with the reflected Castagnoli polynomial. */
  private static int crc32c(byte[] data) {
    int crc = -1;
    for (byte value : data) {
      crc ^= value & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc >>> 1) ^ ((crc & 1) == 1 ? 0x82f63b78 : 0);
      }
    }
    return ~crc;
  }
}
