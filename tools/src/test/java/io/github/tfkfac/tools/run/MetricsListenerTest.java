package io.github.tfkfac.tools.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.models.data.BatcherPosition;
import io.github.tfkfac.models.train.ClassificationMetrics;
import io.github.tfkfac.models.train.TrainingListener.EvaluationReport;
import io.github.tfkfac.models.train.TrainingListener.StartReport;
import io.github.tfkfac.models.train.TrainingListener.StepReport;
import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.record.RunFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.SessionLog;

/** A run of two steps with an evaluation after them that is resumed from its last checkpoint. */
class MetricsListenerTest {

  private static final EvaluationReport EVALUATION =
      new EvaluationReport(2, 1, new ClassificationMetrics(8, 4, 0.5));

  private static final int CHECKSUM = 4;

  @TempDir Path folder;
  private RunFolder run;
  private List<MetricsRow> rows;

  @BeforeEach
  void train() throws IOException {
    run = RunFolder.create(folder.resolve("run"));
    try (MetricsListener metrics = new MetricsListener(run, Optional.empty())) {
      metrics.started(new StartReport(0, BatcherPosition.START, 2, Optional.empty()));
      metrics.stepped(step(1));
      metrics.stepped(step(2));
      metrics.evaluated(EVALUATION);
    }
    rows = MetricsCsv.read(run.metrics());
    assertThat(rows).extracting(MetricsRow::step).containsExactly(1L, 2L, 2L);
  }

  @Test
  void theLastEvaluationOfACompleteRunIsWrittenOnce() throws IOException {
    try (MetricsListener metrics = new MetricsListener(run, Optional.empty())) {
      metrics.started(new StartReport(2, BatcherPosition.START, 2, Optional.of(folder)));
      metrics.evaluated(EVALUATION);
    }
    assertThat(MetricsCsv.read(run.metrics())).isEqualTo(rows);
    assertThat(shownSteps("test_loss")).containsExactly(2L);
    assertThat(shownSteps("loss")).containsExactly(1L, 2L);
  }

  @Test
  void anEvaluationBeforeFurtherStepsIsKept() throws IOException {
    try (MetricsListener metrics = new MetricsListener(run, Optional.empty())) {
      metrics.started(new StartReport(2, BatcherPosition.START, 4, Optional.of(folder)));
    }
    assertThat(MetricsCsv.read(run.metrics())).isEqualTo(rows);
    assertThat(shownSteps("test_loss")).containsExactly(2L);
    assertThat(shownSteps("loss")).containsExactly(1L, 2L);
  }

  /** Steps of the points that TensorBoard shows: a start drops those from its step on. */
  private List<Long> shownSteps(String tag) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(run.events())) {
      files = all.sorted().toList();
    }
    List<Long> steps = new ArrayList<>();
    for (Path file : files) {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
      while (bytes.hasRemaining()) {
        byte[] data = new byte[(int) bytes.getLong()];
        bytes.position(bytes.position() + CHECKSUM).get(data);
        bytes.position(bytes.position() + CHECKSUM);
        Event event = Event.parseFrom(data);
        if (event.getSessionLog().getStatus() == SessionLog.SessionStatus.START) {
          steps.removeIf(step -> step >= event.getStep());
        }
        event.getSummary().getValueList().stream()
            .filter(value -> value.getTag().equals(tag))
            .forEach(value -> steps.add(event.getStep()));
      }
    }
    return steps;
  }

  private static StepReport step(long step) {
    TrainingHealth health = new TrainingHealth(step, step, 0, 0, 0, 0, 0, 0, 0, 0);
    return new StepReport(
        step, 0, Map.of("loss", 1.0), 0.5, 0.1, 4, List.of(), Duration.ofMillis(1), health);
  }
}
