package io.github.tfkfac.tools.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.lab.bench.StepTrace.Kernel;
import io.github.tfkfac.tools.lab.bench.StepTrace.Total;
import io.github.tfkfac.tools.render.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.StepStats;

class StepTraceTest {

  private static final String CPU = "/device:CPU:0";

  private static final StepTrace TRACE =
      StepTrace.of(
          RunMetadata.newBuilder()
              .setStepStats(
                  StepStats.newBuilder()
                      .addDevStats(
                          DeviceStepStats.newBuilder()
                              .setDevice(CPU)
                              .addNodeStats(node("b/Add", "b/Add = AddV2(a, a)", 1_010, 5, 20, 7))
                              .addNodeStats(node("a", "a = MatMul(x, y)", 1_000, 2, 12, 9))
                              .addNodeStats(node("c", "c = MatMul(x, b/Add)", 1_040, 0, 25, 7))
                              .addNodeStats(node("_SOURCE", "", 1_000, 0, 1, 7))))
              .build());

  private static NodeExecStats node(
      String name, String label, long scheduled, long start, long end, int thread) {
    return NodeExecStats.newBuilder()
        .setNodeName(name)
        .setTimelineLabel(label)
        .setAllStartMicros(scheduled)
        .setOpStartRelMicros(start)
        .setOpEndRelMicros(end)
        .setThreadId(thread)
        .build();
  }

  @Test
  void kernelsAreInTheOrderOfTheirStartFromTheFirst() {
    assertThat(TRACE.kernels())
        .containsExactly(
            new Kernel(CPU, 7, "_SOURCE", "_SOURCE", 0, 1),
            new Kernel(CPU, 9, "a", "MatMul", 2, 10),
            new Kernel(CPU, 7, "b/Add", "AddV2", 15, 15),
            new Kernel(CPU, 7, "c", "MatMul", 40, 25));
    assertThat(TRACE.micros()).isEqualTo(65);
  }

  @Test
  void typesAreAddedUpTheMostExpensiveFirst() {
    assertThat(TRACE.byType())
        .containsExactly(
            new Total("MatMul", 2, 35), new Total("AddV2", 1, 15), new Total("_SOURCE", 1, 1));
  }

  @Test
  @SuppressWarnings("unchecked") // JSON's objects and lists
  void chromeReadsCompleteEventsOfNamedProcesses() {
    Map<String, Object> read = Json.read(Json.text(TRACE.chrome()), Map.class);
    List<Map<String, Object>> events = (List<Map<String, Object>>) read.get("traceEvents");
    assertThat(events).hasSize(5);
    assertThat(events.get(0)).containsEntry("ph", "M").containsEntry("args", Map.of("name", CPU));
    assertThat(events.get(2))
        .containsEntry("ph", "X")
        .containsEntry("name", "MatMul")
        .containsEntry("ts", 2)
        .containsEntry("dur", 10)
        .containsEntry("tid", 9)
        .containsEntry("args", Map.of("operation", "a"));
  }

  @Test
  void aRunWithoutKernelsTakesNoTime() {
    StepTrace none = StepTrace.of(RunMetadata.getDefaultInstance());
    assertThat(none.kernels()).isEmpty();
    assertThat(none.micros()).isZero();
  }
}
