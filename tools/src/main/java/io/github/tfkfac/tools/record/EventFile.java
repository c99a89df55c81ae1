package io.github.tfkfac.tools.record;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.SessionLog;
import org.tensorflow.proto.Summary;

/** Metrics as a TensorBoard event file, one scalar per metric and step. */
public final class EventFile implements MetricsSink {
  private static final String FORMAT_VERSION = "brain.Event:2";

  private final TfRecordWriter records;
  private final Clock clock;

  private EventFile(TfRecordWriter records, Clock clock) {
    this.records = records;
    this.clock = clock;
  }

  /**
   * Starts a new event file in {@code folder}, which is created if absent.
   *
   * @throws IOException if the file cannot be written
   */
  public static EventFile create(Path folder, Clock clock) throws IOException {
    Files.createDirectories(folder);
    Path file = unusedFile(folder, clock);
    EventFile events =
        new EventFile(
            new TfRecordWriter(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)), clock);
    events.write(events.event().setFileVersion(FORMAT_VERSION));
    return events;
  }

  /**
   * Starts one more event file after {@code step}; TensorBoard then drops what earlier files in the
   * folder hold for later steps.
   *
   * @throws IOException if the file cannot be written
   */
  public static EventFile resume(Path folder, long step, Clock clock) throws IOException {
    EventFile events = create(folder, clock);
    SessionLog start = SessionLog.newBuilder().setStatus(SessionLog.SessionStatus.START).build();
    events.write(events.event().setStep(step + 1).setSessionLog(start));
    return events;
  }

  @Override
  public void write(MetricsRow row) throws IOException {
    Summary.Builder summary = Summary.newBuilder();
    row.values()
        .forEach(
            (name, value) ->
                summary.addValueBuilder().setTag(name).setSimpleValue(value.floatValue()));
    write(event().setStep(row.step()).setSummary(summary));
  }

  @Override
  public void close() throws IOException {
    records.close();
  }

  private Event.Builder event() {
    return Event.newBuilder().setWallTime(clock.millis() / 1000.0);
  }

  private void write(Event.Builder event) throws IOException {
    records.write(event.build().toByteArray());
  }

  private static Path unusedFile(Path folder, Clock clock) {
    long second = clock.instant().getEpochSecond();
    for (int attempt = 0; ; attempt++) {
      Path file =
          folder.resolve("events.out.tfevents.%010d.%s.%d".formatted(second, hostName(), attempt));
      if (Files.notExists(file)) {
        return file;
      }
    }
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException unnamed) {
      return "localhost";
    }
  }
}
