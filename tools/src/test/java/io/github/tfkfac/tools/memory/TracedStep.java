package io.github.tfkfac.tools.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.NodeOutput;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.TensorDescription;

/**
 * What TensorFlow says of a step that ran: the sizes of all outputs, and when each operation ran.
 *
 * @param bytes of the outputs by {@code name:index}
 * @param runs by operation, in the order of their starts
 */
record TracedStep(Map<String, Long> bytes, Map<String, Run> runs) {

  /** When an operation ran and where its outputs lie. */
  record Run(long start, long end, List<Place> outputs) {}

  /** Memory of an output. */
  record Place(long pointer, long bytes) {}

  static TracedStep of(RunMetadata metadata) {
    Map<String, Long> bytes = new LinkedHashMap<>();
    Map<String, Run> runs = new LinkedHashMap<>();
    List<NodeExecStats> all = new ArrayList<>();
    for (DeviceStepStats device : metadata.getStepStats().getDevStatsList()) {
      all.addAll(device.getNodeStatsList());
    }
    all.sort(Comparator.comparingLong(NodeExecStats::getAllStartNanos));
    for (NodeExecStats node : all) {
      List<Place> places = new ArrayList<>();
      for (NodeOutput output : node.getOutputList()) {
        TensorDescription tensor = output.getTensorDescription();
        long size = tensor.getAllocationDescription().getRequestedBytes();
        bytes.put(node.getNodeName() + ":" + output.getSlot(), size);
        places.add(new Place(tensor.getAllocationDescription().getPtr(), size));
      }
      long start = node.getAllStartNanos();
      runs.put(node.getNodeName(), new Run(start, start + node.getAllEndRelNanos(), places));
    }
    return new TracedStep(bytes, runs);
  }

  /**
   * The most that was alive at once of what the step's own operations put out: from the start of an
   * operation to the end of the last that reads the same memory through whatever views.
   */
  long peak(StepGraph graph) {
    Map<Integer, Long> lastRead = new HashMap<>();
    for (StepGraph.Node node : graph.nodes()) {
      Run run = runs.get(node.name());
      if (run != null) {
        node.inputs().forEach(input -> lastRead.merge(input.node(), run.end(), Math::max));
      }
    }
    Map<Long, Place> living = new HashMap<>();
    Map<Long, Long> until = new HashMap<>();
    long peak = 0;
    for (Map.Entry<String, Run> entry : runs.entrySet()) {
      Integer at = graph.places().get(entry.getKey());
      if (at == null || isHeld(graph.nodes().get(at))) {
        continue;
      }
      long now = entry.getValue().start();
      until.values().removeIf(end -> end < now);
      living.keySet().retainAll(until.keySet());
      for (Place place : entry.getValue().outputs()) {
        living.merge(place.pointer(), place, (a, b) -> a.bytes() > b.bytes() ? a : b);
        until.merge(place.pointer(), lastRead.getOrDefault(at, entry.getValue().end()), Math::max);
      }
      peak = Math.max(peak, living.values().stream().mapToLong(Place::bytes).sum());
    }
    return peak;
  }

  private static boolean isHeld(StepGraph.Node node) {
    return switch (node.type()) {
      case "Const", "Placeholder", "ReadVariableOp", "VarHandleOp", "VariableV2" -> true;
      default -> false;
    };
  }
}
