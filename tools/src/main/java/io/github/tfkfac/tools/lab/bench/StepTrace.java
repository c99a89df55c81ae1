package io.github.tfkfac.tools.lab.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.RunMetadata;

/**
 * Trace of one run: when every operation ran, on which device and thread.
 *
 * @param kernels in the order of their start
 */
public record StepTrace(List<Kernel> kernels) {

  /**
   * One run of an operation's kernel.
   *
   * @param device name of the device
   * @param thread number of the thread on that device
   * @param operation name of the operation
   * @param type type of the operation
   * @param startMicros from the first kernel of the run
   * @param micros that it took
   */
  public record Kernel(
      String device, long thread, String operation, String type, long startMicros, long micros) {}

  /**
   * Sum over the kernels of one type.
   *
   * @param type the operations' type
   * @param count of kernels
   * @param micros that they took together, on all threads
   */
  public record Total(String type, long count, long micros) {}

  public StepTrace {
    kernels = List.copyOf(kernels);
  }

  /** The trace that TensorFlow recorded of a run. */
  public static StepTrace of(RunMetadata metadata) {
    List<DeviceStepStats> devices = metadata.getStepStats().getDevStatsList();
    long start =
        devices.stream()
            .flatMap(device -> device.getNodeStatsList().stream())
            .mapToLong(StepTrace::start)
            .min()
            .orElse(0);
    List<Kernel> kernels = new ArrayList<>();
    for (DeviceStepStats device : devices) {
      for (NodeExecStats node : device.getNodeStatsList()) {
        kernels.add(
            new Kernel(
                device.getDevice(),
                Integer.toUnsignedLong(node.getThreadId()),
                node.getNodeName(),
                type(node),
                start(node) - start,
                node.getOpEndRelMicros() - node.getOpStartRelMicros()));
      }
    }
    kernels.sort(Comparator.comparingLong(Kernel::startMicros));
    return new StepTrace(kernels);
  }

  private static long start(NodeExecStats node) {
    return node.getAllStartMicros() + node.getOpStartRelMicros();
  }

  /** The type in a label {@code name = Type(inputs)}; else the operation's name. */
  private static String type(NodeExecStats node) {
    String label = node.getTimelineLabel();
    int from = label.indexOf(" = ");
    int to = label.indexOf('(', Math.max(from, 0));
    return from < 0 || to < from ? node.getNodeName() : label.substring(from + 3, to);
  }

  /** Microseconds from the start of the first kernel to the end of the last. */
  public long micros() {
    return kernels.stream().mapToLong(one -> one.startMicros() + one.micros()).max().orElse(0);
  }

  /** The types of operations, the most expensive first. */
  public List<Total> byType() {
    Map<String, List<Kernel>> types =
        kernels.stream()
            .collect(Collectors.groupingBy(Kernel::type, LinkedHashMap::new, Collectors.toList()));
    return types.entrySet().stream()
        .map(
            type ->
                new Total(
                    type.getKey(),
                    type.getValue().size(),
                    type.getValue().stream().mapToLong(Kernel::micros).sum()))
        .sorted(Comparator.comparingLong(Total::micros).reversed())
        .toList();
  }

  /** The trace in Chrome's format of trace events: a process per device, a row per thread. */
  public Map<String, Object> chrome() {
    List<String> devices = kernels.stream().map(Kernel::device).distinct().toList();
    List<Map<String, Object>> events = new ArrayList<>();
    for (int i = 0; i < devices.size(); i++) {
      events.add(
          Map.of(
              "ph", "M", "name", "process_name", "pid", i, "args", Map.of("name", devices.get(i))));
    }
    for (Kernel kernel : kernels) {
      Map<String, Object> event = new LinkedHashMap<>();
      event.put("ph", "X");
      event.put("name", kernel.type());
      event.put("cat", "op");
      event.put("ts", kernel.startMicros());
      event.put("dur", kernel.micros());
      event.put("pid", devices.indexOf(kernel.device()));
      event.put("tid", kernel.thread());
      event.put("args", Map.of("operation", kernel.operation()));
      events.add(event);
    }
    return Map.of("displayTimeUnit", "ms", "traceEvents", events);
  }
}
